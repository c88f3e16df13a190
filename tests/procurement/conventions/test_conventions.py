"""Conventions with an internal State cloud: strangers first, both signatures, the years, no order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, transaction

from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from procurement.actions.order_drafts import create_order
from procurement.conventions import actions
from procurement.models import Convention, Publication
from tests.builders import client_for, grant, make_member, make_organisation
from tests.procurement.builders import Administration, make_project
from tests.procurement.conventions.builders import charge, make_convention
from tests.procurement.derogation_builders import days_ago, pdf
from tests.procurement.order_builders import END, START, make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
CONVENTIONS = "/api/v1/conventions/"


@pytest.fixture
def ministry() -> Administration:
    return Administration()


def test_strangers_and_others(ministry: Administration) -> None:
    made = make_convention(ministry, upto="in_force")
    pages = [made.get_absolute_url(), f"{made.get_absolute_url()}document/"]
    problem_of(client_for_token(None).get(CONVENTIONS), 401)
    for url in pages:
        assert client_for(None).get(url).status_code == 302
        assert client_for(make_member("requester")).get(url).status_code == 404
        assert client_for(ministry.person("approver").membership).get(url).status_code == 200
    stranger = client_for_token(make_member("requester"))
    assert stranger.get(CONVENTIONS).json()["results"] == []
    problem_of(stranger.post(f"{CONVENTIONS}{made.uuid}/end/", {"reason": "Non"}), 404)
    problem_of(client_for_token(ministry.requester.membership).post(f"{CONVENTIONS}{made.uuid}/sign/"), 403)


def test_who_wrote_it_does_not_sign_it(ministry: Administration) -> None:
    grant(ministry.requester.membership, Role.AUTHORISING_OFFICER)
    both = ministry.person(Role.REQUESTER, Role.AUTHORISING_OFFICER)
    project = make_project(ministry, hosting="internal_cloud")
    project.authors.add(both.user)
    made = actions.write_convention(
        project,
        actor=both,
        offer=make_offer(is_internal_state=True),
        subject="Essai",
        starts_on=START,
        ends_on=END,
    )
    with pytest.raises(NotAllowed, match="Vous avez écrit"):
        actions.sign(made, actor=both, signed_on=days_ago(0))
    made.refresh_from_db()
    assert made.state == "draft"


def test_only_the_state_and_only_its_clouds(ministry: Administration) -> None:
    terms: dict[str, Any] = {"subject": "Essai", "starts_on": START, "ends_on": END}
    project = make_project(ministry)
    with pytest.raises(RuleBroken) as refused:
        actions.write_convention(project, actor=ministry.requester, offer=make_offer(), **terms)
    assert set(refused.value.fields) == {"offer"}
    town = Administration(make_organisation(kind=OrganisationKind.LOCAL_AUTHORITY))
    internal = make_offer(is_internal_state=True)
    with pytest.raises(RuleBroken) as refused:
        actions.write_convention(make_project(town), actor=town.requester, offer=internal, **terms)
    assert set(refused.value.fields) == {"project"}


def test_no_order_and_nothing_to_publish(ministry: Administration) -> None:
    made = make_convention(ministry, upto="in_force")
    with pytest.raises(RuleBroken) as refused:
        create_order(made.project, actor=ministry.requester, offer=made.offer, plan="standard", quantities={})
    assert refused.value.code == "offer_internal_state"
    assert not Publication.objects.exists() and not made.project.orders.exists()


def test_years_are_recorded_then_re_invoiced(ministry: Administration) -> None:
    made, finance = make_convention(ministry), ministry.person(Role.FINANCE)
    charge(made, actor=finance)
    with pytest.raises(RuleBroken) as refused:
        charge(made, actor=finance, charged_eur_ht=Decimal("10"), reference="TITRE-1")
    assert set(refused.value.fields) == {"charged_eur_ht"}
    with pytest.raises(RuleBroken) as refused:
        charge(made, actor=finance, year=2028)
    assert set(refused.value.fields) == {"year"}
    officer = ministry.person(Role.AUTHORISING_OFFICER)
    actions.sign(made, actor=officer, signed_on=days_ago(1))
    actions.countersign(made, actor=officer, countersigned_on=days_ago(0), document=pdf())
    with pytest.raises(RuleBroken) as refused:
        charge(made, actor=finance, charged_eur_ht=Decimal("8750.40"))
    assert set(refused.value.fields) == {"reference"}
    charge(made, actor=finance, charged_eur_ht=Decimal("8750.40"), reference="TITRE-1")
    assert made.charges.get().charged_eur_ht == Decimal("8750.40")
    gone = make_convention(ministry)
    actions.abandon(gone, actor=ministry.requester, reason="Besoin retiré")
    with pytest.raises(MoveRefused):
        charge(gone, actor=finance)


def test_the_database_wants_both_signatures(ministry: Administration) -> None:
    made = make_convention(ministry, upto="signed")
    with pytest.raises(Error), transaction.atomic():
        Convention.objects.filter(pk=made.pk).update(state="in_force")
    with pytest.raises(RuleBroken):
        officer = ministry.person(Role.AUTHORISING_OFFICER)
        actions.countersign(made, actor=officer, countersigned_on=days_ago(-1), document=pdf())


def test_by_the_pages(ministry: Administration) -> None:
    project, cloud = make_project(ministry, hosting="internal_cloud"), make_offer(is_internal_state=True)
    writer = client_for(ministry.requester.membership)
    url = f"/projets/{project.number}/conventions/ecrire/"
    assert url in writer.get(f"/projets/{project.number}/").content.decode()
    typed = {"offer": cloud.pk, "subject": "Hébergement", "starts_on": "2027-12-31", "ends_on": "2027-01-01"}
    bad = writer.post(url, typed)
    assert bad.status_code == 400 and "Hébergement" in bad.content.decode()
    assert writer.post(url, {**typed, "starts_on": "2027-01-01", "ends_on": "2027-12-31"}).status_code == 302
    page = Convention.objects.get().get_absolute_url()
    officer = client_for(ministry.person(Role.AUTHORISING_OFFICER).membership)
    for slug, body in (
        ("signer", {"signed_on": days_ago(1)}),
        ("contresigner", {"countersigned_on": days_ago(0), "document": pdf()}),
    ):
        assert officer.get(f"{page}{slug}/").status_code == 200
        assert officer.post(f"{page}{slug}/", body).status_code == 302
    finance = client_for(ministry.person(Role.FINANCE).membership)
    charged = {"year": 2027, "expected_eur_ht": "9000", "charged_eur_ht": "8750,40", "reference": "TITRE-1"}
    assert finance.post(f"{page}refacturation/", charged).status_code == 302
    shown = finance.get(page).content.decode()
    assert "En vigueur" in shown and "TITRE-1" in shown


def test_by_the_api_whole(ministry: Administration) -> None:
    project, cloud = make_project(ministry, hosting="internal_cloud"), make_offer(is_internal_state=True)
    client: Any = client_for_token(ministry.requester.membership)
    body = {
        "project": str(project.uuid),
        "offer": str(cloud.uuid),
        "subject": "Hébergement",
        "starts_on": "2027-01-01",
        "ends_on": "2027-12-31",
    }
    assert list(
        faults(client.post(CONVENTIONS, {**body, "offer": str(make_offer().uuid)}, format="json"))
    ) == ["offer"]
    answer = client.post(CONVENTIONS, body, format="json")
    assert answer.status_code == 201, answer.content
    made = Convention.objects.get()
    officer: Any = client_for_token(ministry.person(Role.AUTHORISING_OFFICER).membership)
    url = f"{CONVENTIONS}{made.uuid}/"
    assert officer.post(f"{url}sign/", {"signed_on": str(days_ago(1))}, format="json").status_code == 200
    signed = {"countersigned_on": str(days_ago(0)), "document": pdf()}
    assert officer.post(f"{url}countersign/", signed, format="multipart").status_code == 200
    finance: Any = client_for_token(ministry.person(Role.FINANCE).membership)
    charged = {"year": 2027, "expected_eur_ht": "9000.00"}
    shown = finance.post(f"{url}record_charge/", charged, format="json").json()
    for name in ("state_since", "written_at"):
        assert shown.pop(name)
    assert len(shown.pop("document_sha256")) == 64 and shown["charges"][0].pop("recorded_at")
    assert shown == {
        "id": str(made.uuid),
        "number": made.number,
        "state": "in_force",
        "version": 4,
        "provider": cloud.supplier.name,
        **body,
        "signed_on": str(days_ago(1)),
        "countersigned_on": str(days_ago(0)),
        "charges": [{"year": 2027, "expected_eur_ht": "9000.00", "charged_eur_ht": None, "reference": ""}],
        "closing_reason": "",
    }
    assert finance.get(f"{url}document/").content[:4] == b"%PDF"
