"""/mes-recherches/: strangers first, then saving, sharing, following, deleting."""

from __future__ import annotations

import html
from typing import Any

import pytest

from catalog.models import SavedSearch
from catalog.saved_searches import actions as saved_searches
from marketplace.accounts.models import Membership
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_offer

pytestmark = pytest.mark.django_db
LIST = "/mes-recherches/"
NEW = f"{LIST}enregistrer/"
QUERY = "q=coffre&model=saas"


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).replace("\u00a0", " ").split())


@pytest.fixture
def author() -> Membership:
    return make_member("requester")


def saved(author: Membership, **values: Any) -> SavedSearch:
    from marketplace.accounts.actors import Actor

    return saved_searches.save(actor=Actor.of(author), **{"name": "Coffres", "query": QUERY, **values})


def test_strangers_sign_in_and_come_back_to_their_search(author: Membership) -> None:
    search = saved(author)
    for url in (LIST, search.get_absolute_url(), f"{NEW}?{QUERY}"):
        answer = client_for(None).get(url)
        assert answer.status_code == 302 and "/connexion/" in answer["Location"]
    assert (
        f'href="{NEW}?{QUERY.replace("&", "&amp;")}"'
        in client_for(None).get(f"/offres/?{QUERY}").content.decode()
    )


def test_a_private_search_is_seen_by_its_author_alone(author: Membership) -> None:
    search = saved(author)
    colleague = make_member("organisation_admin", organisation=author.organisation)
    elsewhere = make_member("requester", user=author.user)
    for member in (colleague, elsewhere, make_member("curator"), make_member("auditor")):
        for part in ("", "modifier/", "supprimer/"):
            assert client_for(member).get(f"{search.get_absolute_url()}{part}").status_code == 404
        assert client_for(member).post(f"{search.get_absolute_url()}alertes/").status_code == 404
        assert "Coffres" not in text_of(client_for(member).get(LIST))


def test_a_shared_search_is_read_and_followed_by_colleagues_not_written(author: Membership) -> None:
    search = saved(author, is_shared=True)
    colleague = make_member("approver", organisation=author.organisation)
    client = client_for(colleague)
    assert "Partagée par" in text_of(client.get(LIST))
    assert client_for(make_member("approver")).get(search.get_absolute_url()).status_code == 404
    page = text_of(client.get(search.get_absolute_url()))
    assert "Recevoir les alertes" in page and "Renommer" not in page and "Supprimer" not in page
    for part in ("modifier/", "supprimer/"):
        assert client.post(f"{search.get_absolute_url()}{part}").status_code == 403
    client.post(f"{search.get_absolute_url()}alertes/")
    assert "Ne plus recevoir les alertes" in text_of(client.get(search.get_absolute_url()))
    client.post(f"{search.get_absolute_url()}alertes/", {"cesser": "1"})
    assert list(search.followers.all()) == [author.user]
    admin = client_for(make_member("organisation_admin", organisation=author.organisation))
    assert admin.post(f"{search.get_absolute_url()}supprimer/").status_code == 302
    assert not SavedSearch.objects.exists()


def test_the_auditor_writes_nothing() -> None:
    auditor = client_for(make_member("auditor"))
    assert auditor.get(LIST).status_code == 200
    refused = auditor.post(NEW, {"name": "Essai", "query": ""})
    assert refused.status_code == 403 and "L’auditeur lit tout et n’écrit rien" in text_of(refused)


def test_saving_what_was_searched(author: Membership) -> None:
    make_offer(answers={"name": "Coffre"})
    client = client_for(author)
    page = client.get(f"{NEW}?{QUERY}&page=3&projet=PRJ-1&couleur=bleu")
    assert "Modèle de service : SaaS" in text_of(page) and "1 offre trouvée" in text_of(page)
    assert "couleur" in text_of(page)
    answer = client.post(NEW, {"name": "Mes coffres", "query": f"{QUERY}&page=3", "is_shared": "on"})
    search = SavedSearch.objects.get()
    assert answer["Location"] == search.get_absolute_url()
    assert (search.query, search.is_shared, list(search.followers.all())) == (QUERY, True, [])
    shown = client.get(search.get_absolute_url())
    assert f"/offres/?{QUERY}" in html.unescape(shown.content.decode())
    assert "Pas encore lue" in text_of(shown)


def test_refusals_keep_what_was_typed(author: Membership) -> None:
    saved(author)
    client = client_for(author)
    twice = client.post(NEW, {"name": "Coffres", "query": QUERY})
    assert twice.status_code == 400 and "déjà une recherche de ce nom" in text_of(twice)
    assert 'value="Coffres"' in twice.content.decode()
    empty = client.post(NEW, {"name": "", "query": QUERY})
    assert empty.status_code == 400 and "Répondez à « Nom de la recherche »" in text_of(empty)
    long = client.post(NEW, {"name": "Longue", "query": "q=" + "é" * 1500})
    assert long.status_code == 400 and "trop longue" in text_of(long)
    hostile = client.post(NEW, {"name": "<script>alert(1)</script>", "query": "q=\x00<b>&model='"})
    assert hostile.status_code == 400  # NUL, named on its field
    assert "<b>" not in hostile.content.decode()
    many = client.post(NEW, {"name": "Mille", "query": "&" * 1500})
    assert many.status_code == 400
    assert SavedSearch.objects.count() == 1


def test_fifty_searches_at_most(author: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_searches, "MOST_SEARCHES", 1)
    saved(author)
    refused = client_for(author).post(NEW, {"name": "Une autre", "query": ""})
    assert refused.status_code == 400 and "Supprimez-en une" in text_of(refused)


def test_renaming_sharing_deleting(author: Membership) -> None:
    search, client = saved(author), client_for(author)
    saved(author, name="Autre")
    url = search.get_absolute_url()
    assert "déjà une recherche de ce nom" in text_of(client.post(f"{url}modifier/", {"name": "Autre"}))
    assert client.post(f"{url}modifier/", {"name": "Coffres-forts", "is_shared": "on"}).status_code == 302
    search.refresh_from_db()
    assert (search.name, search.is_shared) == ("Coffres-forts", True)
    assert "Ses alertes cessent" in text_of(client.get(f"{url}supprimer/"))
    assert client.post(f"{url}supprimer/").status_code == 302
    assert client.get(url).status_code == 404


def test_an_old_parameter_is_said_on_the_page(author: Membership) -> None:
    search = saved(author, query="couleur=bleu&model=inconnu")
    page = text_of(client_for(author).get(search.get_absolute_url()))
    assert "n’est pas comprise et n’y compte pas" in page and "couleur, model=inconnu" in page


def test_a_hostile_name_is_escaped(author: Membership) -> None:
    search = saved(author, name="<script>x</script>")
    for url in (LIST, search.get_absolute_url()):
        assert b"<script>x" not in client_for(author).get(url).content


def test_another_organisation_s_admin_sees_nothing(author: Membership) -> None:
    search = saved(author, is_shared=True)
    assert SavedSearch.objects.visible_to(actor_for("organisation_admin")).count() == 0
    assert (
        client_for(make_member("organisation_admin"))
        .post(f"{search.get_absolute_url()}supprimer/")
        .status_code
        == 404
    )
