"""Forms: hint and error both described, NUL refused, one send acts once, typed text kept."""

import re

import pytest
from django.http import QueryDict
from django.test import Client

from tests.builders import client_for, make_member
from tests.ui import gallery

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.ui.urls")]

GOOD = {"name": "Nuage", "model": "iaas", "regions": ["fr"], "description": "Un texte", "agreed": "on"}


def hidden(html: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found, f"no {name}"
    return found[1]


def filled(client: Client, **answers: object) -> dict[str, object]:
    html = client.get("/essai/formulaire/").content.decode()
    return {**GOOD, **answers, "_once": hidden(html, "_once"), "_typed_by": hidden(html, "_typed_by")}


def test_an_empty_form_lists_its_errors_with_links() -> None:
    response = client_for(make_member("requester")).post("/essai/formulaire/", {})
    html = response.content.decode()
    assert response.status_code == 400
    assert "<title>Erreur\u00a0: Formulaire long — " in html
    assert "5\u00a0réponses à corriger" in html
    for anchor in ("id_name", "id_model_0", "id_regions_0", "id_description", "id_agreed"):
        assert f'href="#{anchor}"' in html
        assert f'id="{anchor}"' in html


def test_a_wrong_field_keeps_its_hint_and_gains_its_error() -> None:
    html = client_for(make_member("requester")).post("/essai/formulaire/", {}).content.decode()
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_regions_helptext id_regions_error"' in html
    assert html.count('aria-invalid="true"') >= 4


def test_every_described_id_exists_once() -> None:
    html = client_for(make_member("requester")).post("/essai/formulaire/", {}).content.decode()
    named = {one for ids in re.findall(r'aria-describedby="([^"]+)"', html) for one in ids.split()}
    assert named
    for name in named:
        assert html.count(f'id="{name}"') == 1, name


def test_optional_is_marked_and_required_is_not() -> None:
    html = client_for(make_member("requester")).get("/essai/formulaire/").content.decode()
    assert "Taille (facultatif)" in html
    assert "Nom de l’offre (facultatif)" not in html


@pytest.mark.parametrize("name", ["name", "model", "regions", "size", "start", "description"])
def test_nul_is_refused_on_its_field(name: str) -> None:
    data = QueryDict(mutable=True)
    data.update({key: value for key, value in GOOD.items() if key != "regions"})
    data.setlist("regions", ["fr"])
    data[name] = "a\x00b"
    form = gallery.LongForm(data)
    assert not form.is_valid()
    assert any("NUL" in message for message in form.errors[name])


def test_sent_twice_acts_once_and_answers_the_same_place() -> None:
    gallery.CALLS.clear()
    client = client_for(make_member("requester"))
    data = filled(client)
    first = client.post("/essai/formulaire/", data)
    second = client.post("/essai/formulaire/", data)
    assert gallery.CALLS == ["Nuage"]
    assert (first.status_code, first["Location"]) == (302, "/essai/fait/?fois=1")
    assert (second.status_code, second["Location"]) == (302, "/essai/fait/?fois=1")


def test_a_refused_form_may_be_sent_again_with_its_token() -> None:
    gallery.CALLS.clear()
    client = client_for(make_member("requester"))
    data = filled(client, name="")
    assert client.post("/essai/formulaire/", data).status_code == 400
    assert client.post("/essai/formulaire/", {**data, "name": "Nuage"}).status_code == 302
    assert gallery.CALLS == ["Nuage"]


def test_the_token_of_somebody_else_does_not_lead_to_their_place() -> None:
    gallery.CALLS.clear()
    mine, other = client_for(make_member("requester")), client_for(make_member("requester"))
    data = filled(mine)
    mine.post("/essai/formulaire/", data)
    assert other.post("/essai/formulaire/", data)["Location"] == "/essai/fait/?fois=2"


def test_text_typed_while_the_session_ended_comes_back_after_sign_in() -> None:
    gallery.CALLS.clear()
    member = make_member("requester")
    client = client_for(member)
    data = filled(client, description="Trois heures de travail", regions=["fr", "de"])
    client.logout()

    response = client.post("/essai/formulaire/", data)
    assert response.status_code == 302
    assert response["Location"].endswith("next=/essai/formulaire/")
    assert gallery.CALLS == []
    assert "Trois heures" not in str(dict(client.session))

    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get("/essai/formulaire/").content.decode()
    assert "Trois heures de travail" in html
    assert "Votre texte a été gardé" in html
    assert re.search(r'value="de"[^>]*checked', html)
    assert re.search(r'name="agreed"[^>]*checked', html)

    assert client.post("/essai/formulaire/", filled(client, name="Gardé")).status_code == 302
    assert "Trois heures" not in client.get("/essai/formulaire/").content.decode()


def test_kept_text_is_not_shown_to_another_person() -> None:
    member = make_member("requester")
    client = client_for(member)
    data = filled(client, description="Confidentiel")
    client.logout()
    client.post("/essai/formulaire/", data)
    client.force_login(make_member("requester").user, backend="django.contrib.auth.backends.ModelBackend")
    assert "Confidentiel" not in client.get("/essai/formulaire/").content.decode()


def test_a_forged_author_keeps_nothing(client: Client) -> None:
    response = client.post("/essai/formulaire/", {**GOOD, "_typed_by": "1:forged"})
    assert response.status_code == 302
    assert "kept_text" not in client.session
