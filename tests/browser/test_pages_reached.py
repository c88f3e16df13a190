"""Pages that an address alone does not open: a link received, a code asked, a refusal met for real."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from marketplace.accounts.models import User
from marketplace.notifications.models import OutgoingEmail
from marketplace.ui import testing
from procurement.actions.order_drafts import edit_order
from tests.accounts.builders import make_confirmed_member
from tests.accounts.test_sign_in import enrol, enrolled, links_of
from tests.builders import PASSWORD, client_for
from tests.habits.matrix.world import World

pytestmark = pytest.mark.browser
SIZES = ((1280, True), (375, True), (375, False))
Open = Callable[[str, Client], Any]


@pytest.fixture(autouse=True)
def _no_memory_of_tries() -> None:
    cache.clear()


@pytest.fixture(params=SIZES, ids=["1280", "375", "375-no-script"])
def opened(request: pytest.FixtureRequest, chrome: Any, live_server: Any) -> Any:
    """Opens a path in the browser, in the session of this client."""
    width, javascript = request.param
    pages: list[Any] = []

    def go(path: str, client: Client) -> Any:
        held = client.cookies.get(settings.SESSION_COOKIE_NAME)
        cookie = (settings.SESSION_COOKIE_NAME, held.value) if held else None
        context = testing.open_context(
            chrome, url=live_server.url, cookie=cookie, width=width, javascript=javascript
        )
        page = testing.open_page(context, home=live_server.url)
        pages.append(page)
        page.answer = page.goto(live_server.url + path)
        return page

    yield go
    for page in pages:
        page.context.close()


def judge(page: Any, title: str, *, status: int = 200) -> None:
    """``status``: the console says a refused answer, rightly."""
    faults = [fault for fault in testing.faults_of(page) if f"status of {status}" not in fault]
    assert faults == []
    assert page.answer.status == status
    assert page.locator("h1").all_inner_texts() == [title]
    page.set_viewport_size({"width": 320, "height": 640})
    assert testing.side_scroll(page) == ""


def send(page: Any) -> None:
    """Press the page's own button, as a person does."""
    with page.expect_navigation() as answer:
        page.locator("main form[method=post] button[type=submit]").first.click()
    page.answer = answer.value


def known() -> User:
    return make_confirmed_member("requester").user


def begin(user: User) -> Client:
    client = Client()
    client.post("/connexion/", {"login": user.email, "password": PASSWORD})
    return client


def test_the_code_of_the_second_factor(opened: Open) -> None:
    user = known()
    enrolled(user)
    page = opened("/connexion/code/", begin(user))
    judge(page, "Saisir le code")


def test_a_wrong_code_is_said_beside_the_field(opened: Open) -> None:
    user = known()
    enrolled(user)
    page = opened("/connexion/code/", begin(user))
    page.locator("main input[name=code]").fill("000000")
    send(page)
    assert page.title().startswith("Erreur")
    judge(page, "Saisir le code")


def test_the_recovery_codes(opened: Open) -> None:
    client = begin(known())
    done = enrol(client)
    page = opened(done["Location"], client)
    judge(page, "Codes de secours")
    assert page.locator("main li code").count() == 10


def test_the_password_chosen_from_a_link(opened: Open) -> None:
    user = known()
    client = Client()
    client.post("/mot-de-passe/", {"email": user.email})
    link = links_of(OutgoingEmail.objects.get(to=user.email))[0]
    page = opened(link, client)
    page.answer = page.goto(page.url)  # the link leads to an address without its secret
    judge(page, "Choisir un nouveau mot de passe")


def test_a_link_that_served_already(opened: Open) -> None:
    judge(opened("/mot-de-passe/1-lien-use/", Client()), "Ce lien ne marche plus")


def test_the_429_of_real_failures(opened: Open) -> None:
    user = known()
    client = Client()
    for _ in range(4):
        client.post("/connexion/", {"login": user.email, "password": "faux"})
    page = opened("/connexion/", Client())
    page.locator("main input[name=login]").fill(user.email)
    page.locator("main input[name=password]").fill("faux")
    send(page)
    judge(page, "Trop d’essais", status=429)
    assert "Réessayez à" in page.locator("main").inner_text()


def test_the_412_of_an_order_step(opened: Open) -> None:
    world = World()
    order = world.order("draft")
    path = f"/projets/{order.project.number}/commander/{order.number}/formule/"
    page = opened(path, client_for(world.member("requester")))
    edit_order(order, actor=world.actor("requester"), quantities={"poste": Decimal("20")})
    page.locator("main input[name=qte-poste]").fill("12")
    send(page)
    assert "Texte enregistré" in page.locator("main").inner_text()
    assert page.locator("main input[name=qte-poste]").input_value() == "12"
    judge(page, page.locator("h1").inner_text(), status=412)
