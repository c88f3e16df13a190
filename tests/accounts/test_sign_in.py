"""Entering: signing up, confirming, signing in, locking, resetting, the second factor."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.keys.envelope import key_id_of
from marketplace.notifications.models import OutgoingEmail
from tests.accounts.builders import make_confirmed_member, make_confirmed_user
from tests.builders import PASSWORD, client_for, make_member

pytestmark = pytest.mark.django_db
NEW_PASSWORD = "une-phrase-assez-longue"


@pytest.fixture(autouse=True)
def _no_memory_of_tries() -> None:
    cache.clear()


def sign_in(client: Client, email: str, password: str = PASSWORD):
    return client.post("/connexion/", {"login": email, "password": password})


def links_of(email: OutgoingEmail) -> list[str]:
    return [re.sub(r"^https?://[^/]+", "", link) for link in re.findall(r"https?://\S+", email.body)]


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))


def enrolled(user: User) -> str:
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def enrol(browser: Client):
    """Through the pages: the password once more, the secret read on the page, its code."""
    address = "/compte/double-authentification/activer/"
    ask = browser.get(address)["Location"]
    assert ask.startswith("/compte/confirmer/")
    assert browser.get(ask).status_code == 200
    assert browser.post(ask, {"password": PASSWORD})["Location"] == address
    page = browser.get(address).content.decode()
    secret = re.search(r'<code class="market-break">([A-Z2-7]+)</code>', page)[1]
    return browser.post(address, {"code": code_for(secret)})


def sign_up(client: Client, email: str):
    return client.post(
        "/inscription/",
        {
            "full_name": "Personne Exemple",
            "email": email,
            "password1": NEW_PASSWORD,
            "password2": NEW_PASSWORD,
        },
    )


def test_sign_up_confirm_sign_in(client) -> None:
    assert client.get("/inscription/").status_code == 200
    assert sign_up(client, "Neuf@Essai.example")["Location"] == "/inscription/confirmation/"
    user = User.objects.get(email="neuf@essai.example")
    assert user.full_name == "Personne Exemple"
    assert sign_in(client, user.email, NEW_PASSWORD)["Location"] == "/inscription/confirmation/"
    link = links_of(OutgoingEmail.objects.filter(to=user.email).first())[0]
    assert "Confirmer mon adresse" in client.get(link).content.decode()
    client.post(link)
    assert EmailAddress.objects.get(user=user).verified
    assert sign_in(client, user.email, NEW_PASSWORD)["Location"] == "/organisation/rejoindre/"


def test_nothing_tells_whether_an_address_has_an_account() -> None:
    known = make_confirmed_user("connu@essai.example")
    answers = {}
    for email in (known.email, "inconnu@essai.example"):
        browser = Client()
        signed = sign_up(browser, email)
        reset = browser.post("/mot-de-passe/", {"email": email})
        wrong = sign_in(Client(), email, "faux-mot-de-passe")
        text = re.sub(
            r'name="(csrfmiddlewaretoken|_once)" value="[^"]+"', "", wrong.content.decode()
        ).replace(email, "")
        text = re.sub(r"\b[A-Z2-9]{8}\b", "", text)
        answers[email] = (signed.status_code, signed["Location"], reset.status_code, reset["Location"], text)
    assert answers[known.email] == answers["inconnu@essai.example"]
    assert User.objects.filter(email=known.email).count() == 1
    subjects = set(OutgoingEmail.objects.values_list("to", "subject"))
    assert (known.email, "Vous avez déjà un compte") in subjects


def test_sign_in_leads_to_the_desk_or_back() -> None:
    member = make_confirmed_member(Role.REQUESTER)
    assert sign_in(Client(), member.user.email.upper())["Location"] == "/bureau/"
    back = Client().post("/connexion/?next=/compte/", {"login": member.user.email, "password": PASSWORD})
    assert back["Location"] == "/compte/"
    away = Client().post(
        "/connexion/?next=https://ailleurs.example/", {"login": member.user.email, "password": PASSWORD}
    )
    assert away["Location"] == "/bureau/"


def test_five_failures_lock_for_a_quarter_of_an_hour() -> None:
    user = make_confirmed_member().user
    browser = Client()
    start = dt.datetime(2026, 11, 23, 9, 0, 10, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False):
        for _ in range(4):
            answer = sign_in(browser, user.email, "faux-mot-de-passe")
            assert answer.status_code == 200
            assert "L’adresse ou le mot de passe n’est pas le bon" in answer.content.decode()
        # The case of the address does not start another count.
        locked = sign_in(browser, user.email.upper(), "faux-mot-de-passe")
        assert locked.status_code == 429
        assert "Réessayez à 10 h 16." in locked.content.decode().replace("\u00a0", " ")
        assert locked["Retry-After"] == "900"
        right = sign_in(browser, user.email)
        assert right.status_code == 429
        assert not right.wsgi_request.user.is_authenticated
    with time_machine.travel(start + dt.timedelta(minutes=15, seconds=1), tick=False):
        cache.clear()
        assert sign_in(browser, user.email)["Location"] == "/bureau/"


def test_an_unknown_address_is_locked_the_same_way() -> None:
    statuses = [sign_in(Client(), "inconnu@essai.example", "faux-mot-de-passe").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 200, 429]


def test_a_success_forgets_the_failures() -> None:
    user = make_confirmed_member().user
    for _ in range(2):
        for _ in range(4):
            assert sign_in(Client(), user.email, "faux-mot-de-passe").status_code == 200
        assert sign_in(Client(), user.email).status_code == 302


def test_support_unlocks() -> None:
    user = make_confirmed_member(Role.REQUESTER).user
    for _ in range(5):
        sign_in(Client(), user.email, "faux-mot-de-passe")
    support = client_for(make_member(Role.SUPPORT))
    page = f"/pilotage/personnes/{user.uuid}/"
    assert "Bloquée après trop d’essais" in support.get(page).content.decode()
    assert support.post(page).status_code == 302
    cache.clear()
    assert sign_in(Client(), user.email)["Location"] == "/bureau/"


@pytest.mark.parametrize(
    "email", ["a\x00b@essai.example", "x" * 300 + "@essai.example", "", "pas une adresse"]
)
def test_bad_input_is_answered(email: str) -> None:
    assert sign_in(Client(), email, "x").status_code == 200


def test_reset_by_a_link_that_serves_once() -> None:
    user = make_confirmed_member().user
    browser = Client()
    assert browser.post("/mot-de-passe/", {"email": user.email})["Location"] == "/mot-de-passe/envoye/"
    link = links_of(OutgoingEmail.objects.get(to=user.email))[0]
    form = browser.get(link, follow=True)
    assert "Choisir un nouveau mot de passe" in form.content.decode()
    address = form.redirect_chain[-1][0]
    assert browser.post(address, {"password1": "court", "password2": "court"}).status_code == 200
    done = browser.post(address, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
    assert done["Location"] == "/mot-de-passe/enregistre/"
    assert sign_in(Client(), user.email, NEW_PASSWORD)["Location"] == "/bureau/"
    assert "Ce lien ne marche plus" in Client().get(link, follow=True).content.decode()


def test_the_second_factor_is_asked_and_its_secret_is_sealed() -> None:
    user = make_confirmed_member().user
    secret = enrolled(user)
    stored = Authenticator.objects.get(user=user).data["secret"]
    assert secret not in stored
    import base64

    assert key_id_of(base64.b64decode(stored)) == "demo"
    browser = Client()
    assert sign_in(browser, user.email)["Location"] == "/connexion/code/"
    assert browser.get("/compte/").status_code == 302
    assert "Ce n’est pas le bon code" in browser.post("/connexion/code/", {"code": "000000"}).content.decode()
    assert browser.post("/connexion/code/", {"code": code_for(secret)})["Location"] == "/bureau/"
    assert browser.get("/compte/").status_code == 200


def test_guessing_codes_stops() -> None:
    user = make_confirmed_member().user
    enrolled(user)
    browser = Client()
    sign_in(browser, user.email)
    pages = [browser.post("/connexion/code/", {"code": "000000"}).content.decode() for _ in range(11)]
    assert "Trop d’essais" in pages[-1]


def test_enrolment_page_and_recovery_codes() -> None:
    user = make_confirmed_member(Role.REQUESTER).user
    browser = Client()
    sign_in(browser, user.email)
    done = enrol(browser)
    assert done["Location"] == "/compte/double-authentification/codes/"
    assert browser.get(done["Location"]).content.decode().count("<li><code>") == 10
    assert browser.get("/compte/double-authentification/").status_code == 200
    assert browser.post("/compte/double-authentification/arreter/").status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()


def test_a_sensitive_role_enrols_before_anything_else(settings) -> None:
    settings.MFA_REQUIRED_ROLES = settings.SENSITIVE_ROLES
    decider, requester = make_confirmed_member(Role.DECISION_MAKER), make_confirmed_member(Role.REQUESTER)
    browser = Client()
    sign_in(browser, decider.user.email)
    for address in ("/compte/", "/organisation/", "/organisation/changer/", "/notifications/"):
        assert browser.get(address)["Location"] == "/compte/double-authentification/activer/"
    refused = browser.get("/api/v1/dossiers/")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    assert refused.json()["code"] == "second_factor_missing"
    assert browser.post("/compte/effacer/", {"password": PASSWORD}).status_code == 302
    assert User.objects.get(pk=decider.user.pk).erased_at is None
    enrol(browser)
    assert browser.get("/compte/").status_code == 200
    stop = browser.post("/compte/double-authentification/arreter/")
    assert "Votre rôle impose" in stop.content.decode()
    assert Authenticator.objects.filter(user=decider.user).exists()
    other = Client()
    sign_in(other, requester.user.email)
    assert other.get("/compte/").status_code == 200


def test_a_person_without_the_role_any_more_is_free(settings) -> None:
    settings.MFA_REQUIRED_ROLES = settings.SENSITIVE_ROLES
    member = make_confirmed_member(
        Role.DECISION_MAKER,
        expires_on=timezone.localdate() - dt.timedelta(days=1),
        starts_on=dt.date(2020, 1, 1),
    )
    browser = Client()
    sign_in(browser, member.user.email)
    assert browser.get("/compte/").status_code == 200


def test_signing_out_is_a_post() -> None:
    browser = client_for(make_member(Role.REQUESTER))
    assert browser.get("/deconnexion/").status_code == 200
    assert browser.get("/compte/").status_code == 200
    assert browser.post("/deconnexion/").status_code == 302
    assert browser.get("/compte/").status_code == 302
