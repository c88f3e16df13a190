"""Merged demand: consent to share, needs alike, members, signatures, and the consultation that waits."""

from __future__ import annotations

import html
from decimal import Decimal
from typing import Any

import pytest

from catalog.models import Category
from marketplace.errors import MoveRefused, RuleBroken
from procurement.consultations import publishing
from procurement.consultations.publishing import lacks_of
from procurement.groups import forming, sharing
from procurement.models import GroupPurchase, NeedShare
from tests.builders import client_for, make_member
from tests.procurement.builders import Administration, make_project
from tests.procurement.consultation_builders import Room
from tests.procurement.derogation_builders import pdf
from tests.procurement.groups.builders import (
    bring,
    make_group,
    make_share,
    own_member,
    propose,
    sign,
    signing_group,
)
from tests.rest.builders import client_for_token, problem_of
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db
SHARES, GROUPS, MEMBERS = "/api/v1/need-shares/", "/api/v1/group-purchases/", "/api/v1/group-members/"


@pytest.fixture
def ministry() -> Administration:
    return Administration()


@pytest.fixture
def other() -> Administration:
    return Administration()


def browser(actor: Any) -> Any:
    return client_for(actor.membership)


def api(actor: Any) -> Any:
    return client_for_token(actor.membership)


def test_strangers_and_others(ministry: Administration, other: Administration) -> None:
    group, share = signing_group(ministry, other), make_share(ministry)
    third = Administration()
    pages = [group.get_absolute_url(), f"{group.get_absolute_url()}document/"]
    for url in (*pages, share.get_absolute_url(), "/groupements/", "/besoins-partages/"):
        assert client_for(None).get(url).status_code == 302
    for url in (*pages, share.get_absolute_url()):
        assert browser(third.requester).get(url).status_code == 404
    assert [browser(other.requester).get(url).status_code for url in pages] == [200, 200]
    for url in (SHARES, GROUPS, MEMBERS):
        problem_of(client_for_token(None).get(url), 401)
        assert client_for_token(make_member("supplier_manager")).get(url).json()["results"] == []
    assert api(third.requester).get(GROUPS).json()["results"] == []
    problem_of(api(third.requester).post(f"{GROUPS}{group.uuid}/dissolve/", {"reason": "Non"}), 404)
    problem_of(api(other.requester).post(f"{GROUPS}{group.uuid}/dissolve/", {"reason": "Non"}), 403)
    problem_of(api(other.requester).post(f"{MEMBERS}{own_member(group).uuid}/sign/"), 403)
    problem_of(api(other.requester).post(f"{SHARES}{share.uuid}/withdraw/"), 403)


def test_every_author_agrees_before_a_need_is_told(ministry: Administration, other: Administration) -> None:
    project, second = make_project(ministry, description="Secret du besoin"), ministry.person("requester")
    project.authors.add(second.user)
    share = make_share(ministry, project=project)
    assert share.state == "proposed"
    assert api(other.requester).get(SHARES).json()["results"] == []
    sharing.consent(share, actor=second)
    (told,) = api(other.requester).get(SHARES).json()["results"]
    assert told["content"] == {"title": project.title, "organisation": ministry.organisation.name}
    sharing.withdraw(share, actor=second)
    assert api(other.requester).get(SHARES).json()["results"] == []
    again = make_share(ministry, project=project, shown=["description", "cost"])
    assert again.content["description"] == "Secret du besoin" and again.content["full_cost_eur_ht"] is None
    with pytest.raises(MoveRefused):
        make_share(ministry, project=project)


def test_what_is_shown_does_not_follow_the_project(ministry: Administration) -> None:
    share = make_share(ministry, shown=["description"])
    project = share.project
    project.edit(actor=ministry.requester, description="Ajouté depuis")
    share.refresh_from_db()
    assert share.content["description"] == ""


def test_needs_alike_have_a_category_or_a_model_in_common(
    ministry: Administration, other: Administration
) -> None:
    Category.objects.create(code="nuages", label="Nuages")
    mine = make_project(ministry, service_models=["iaas"], categories=["nuages"])
    by_category = make_share(other, project=make_project(other, categories=["nuages"]))
    make_share(other, project=make_project(other, service_models=["paas"]))
    by_model = make_share(other, project=make_project(other, service_models=["iaas"]))
    make_share(ministry, project=make_project(ministry, categories=["nuages"]))
    assert set(NeedShare.objects.like(mine)) == {by_category, by_model}
    found = api(ministry.requester).get(f"{SHARES}?like={mine.uuid}").json()["results"]
    assert {each["id"] for each in found} == {str(by_category.uuid), str(by_model.uuid)}
    assert api(other.requester).get(f"{SHARES}?like={mine.uuid}").json()["results"] == []
    with pytest.raises(RuleBroken, match="catégories ou les modèles"):
        make_share(ministry, project=make_project(ministry, service_models=None))


def test_all_sign_the_same_convention(ministry: Administration, other: Administration) -> None:
    group = signing_group(ministry, other)
    member = group.members.exclude(project=group.project).get()
    sign(own_member(group))
    group.refresh_from_db()
    assert group.state == "signing"
    assert group.document is not None and sign(member).signed_sha256 == group.document.sha256
    group.refresh_from_db()
    assert group.state == "signed"
    with pytest.raises(MoveRefused, match="engage"):
        forming.leave(member, actor=other.requester, reason="Trop tard")
    with pytest.raises(MoveRefused):
        sign(member)


def test_who_leaves_before_the_end_voids_the_signatures(
    ministry: Administration, other: Administration
) -> None:
    group = signing_group(ministry, other)
    sign(own_member(group))
    member = group.members.exclude(project=group.project).get()
    forming.leave(member, actor=other.requester, reason="Besoin couvert")
    group.refresh_from_db()
    assert group.state == "forming" and own_member(group).signed_at is None
    with pytest.raises(MoveRefused, match="deux membres"):
        propose(group, coordinator=ministry.requester)
    with pytest.raises(MoveRefused, match="dissout"):
        forming.leave(own_member(group), actor=ministry.requester, reason="Non")


def test_invitations_without_an_answer_lapse(ministry: Administration, other: Administration) -> None:
    group = make_group(ministry)
    late = bring(group, Administration(), coordinator=ministry.requester, joins=False)
    bring(group, other, coordinator=ministry.requester)
    with pytest.raises(RuleBroken, match="déjà dans le groupement"):
        bring(group, other, coordinator=ministry.requester)
    propose(group, coordinator=ministry.requester)
    late.refresh_from_db()
    assert late.state == "lapsed"
    with pytest.raises(MoveRefused):
        bring(group, Administration(), coordinator=ministry.requester)


def test_the_consultation_waits_for_every_signature(other: Administration) -> None:
    room = Room()
    made = room.proved()
    group = signing_group(room, other, project=made.project)
    said = dict(lacks_of(made, on=made.created_at.date()))["group"]
    assert group.number in said and other.organisation.name in said
    with pytest.raises(RuleBroken) as refused:
        publishing.publish(made, actor=room.purchasing, attested=True)
    assert "group" in refused.value.fields
    for member in group.members.all():
        sign(member)
    assert publishing.publish(made, actor=room.purchasing, attested=True).state == "published"
    group.refresh_from_db()
    with pytest.raises(MoveRefused, match="publiée"):
        forming.dissolve(group, actor=room.requester, reason="Non")


@pytest.mark.django_db(transaction=True)
def test_the_last_signature_and_the_publication_at_once() -> None:
    """Whichever comes first, nothing is published of a group that has not signed."""
    room = Room()
    made = room.proved()
    group = signing_group(room, project=made.project)
    sign(own_member(group))
    last = group.members.exclude(project=group.project).get()
    published, signed = at_once(
        lambda: publishing.publish(made, actor=room.purchasing, attested=True).state,
        lambda: bool(sign(last).signed_at),
    )
    group.refresh_from_db()
    assert signed is True and group.state == "signed"
    assert published in ("published", "not_publishable")


@pytest.mark.django_db(transaction=True)
def test_a_group_and_the_publication_at_once() -> None:
    room = Room()
    made = room.proved()
    outcomes = at_once(
        lambda: publishing.publish(made, actor=room.purchasing, attested=True).state,
        lambda: make_group(room, project=made.project).state,
    )
    assert outcomes in (["published", "consultation_published"], ["not_publishable", "forming"])


def test_by_the_pages(ministry: Administration, other: Administration) -> None:
    mine, theirs = make_project(ministry), make_project(other)
    writer, guest = browser(ministry.requester), browser(other.requester)
    share = f"/projets/{theirs.number}/partage/"
    assert guest.post(f"{share}proposer/", {"volume": "-1", "unit": "postes"}).status_code == 400
    assert guest.post(f"{share}proposer/", {"volume": "250", "unit": "postes"}).status_code == 302
    assert theirs.title in writer.get("/besoins-partages/").content.decode()
    body = {"title": "Messagerie commune", "volume": "1000", "unit": "postes"}
    assert writer.post(f"/projets/{mine.number}/groupement/", body).status_code == 302
    group, need = GroupPurchase.objects.get(), NeedShare.objects.get()
    page = group.get_absolute_url()
    invite = f"{page}inviter/{need.uuid}/"
    assert invite in writer.get(f"/projets/{mine.number}/partage/").content.decode()
    assert writer.post(invite).status_code == 302
    assert guest.post(f"{page}rejoindre/", {"volume": "300"}).status_code == 302
    assert writer.post(f"{page}proposer/", {"document": pdf()}).status_code == 302
    for administration in (ministry, other):
        signer = browser(administration.person("authorising_officer"))
        assert "Signer la convention" in signer.get(page).content.decode()
        assert signer.post(f"{page}signer/").status_code == 302
    shown = html.unescape(guest.get(page).content.decode()).replace("\u202f", " ")
    assert "Convention signée" in shown and "1 300 postes" in shown
    assert group.number in guest.get("/groupements/").content.decode()
    assert guest.get(f"{share}retirer/").status_code == 200
    assert guest.post(f"{share}retirer/").status_code == 302


def test_by_the_api_whole(ministry: Administration, other: Administration) -> None:
    mine, client, guest = make_project(ministry), api(ministry.requester), api(other.requester)
    share = {"project": str(make_project(other).uuid), "volume": "250.00", "unit": "postes"}
    told = guest.post(SHARES, share, format="json")
    assert told.status_code == 201, told.content
    body = {"project": str(mine.uuid), "title": "Messagerie commune", "unit": "postes", "volume": "1000.00"}
    answer = client.post(GROUPS, body, format="json")
    assert answer.status_code == 201, answer.content
    url = f"{GROUPS}{answer.json()['id']}/"
    shown = client.post(f"{url}invite/", {"share": told.json()["id"]}, format="json").json()
    invited = shown["members"][1]
    assert (invited["state"], invited["volume"]) == ("invited", "250.00")
    member = f"{MEMBERS}{invited['id']}/"
    assert guest.post(f"{member}join/", {"volume": "300.00"}, format="json").status_code == 200
    proposed = client.post(f"{url}propose_convention/", {"document": pdf()}, format="multipart").json()
    for administration, each in zip((ministry, other), proposed["members"], strict=True):
        signer = api(administration.person("approver"))
        signed = signer.post(f"{MEMBERS}{each['id']}/sign/").json()
        assert signed["signed_sha256"] == proposed["document_sha256"]
    found = guest.get(url).json()
    for name in ("state_since", "created_at", "members"):
        assert found.pop(name)
    assert found == {
        "id": answer.json()["id"],
        "number": GroupPurchase.objects.get().number,
        "state": "signed",
        "version": 3,
        "title": "Messagerie commune",
        "coordinator": ministry.organisation.name,
        "unit": "postes",
        "document_sha256": proposed["document_sha256"],
        "closing_reason": "",
    }
    assert guest.get(f"{url}document/").content[:4] == b"%PDF"
    problem_of(client.post(f"{url}reopen/", {"reason": "Non"}), 409)
    assert Decimal(found and "1300.00") == sum(
        Decimal(each["volume"]) for each in guest.get(MEMBERS).json()["results"]
    )
