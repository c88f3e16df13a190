"""An offer passes to another supplier: who may, what follows it, what has to be proved again, races."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from catalog.actions.authoring import supplier_of
from catalog.actions.declarations import edit_mark
from catalog.handovers import actions as handovers
from catalog.models import Change, EffectiveTrust, Offer, OfferHandover, OfferSearchRow, VersionReview
from catalog.reference.marks import load_marks
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.models import Notification
from tests.builders import actor_for, client_for, make_member, make_organisation
from tests.catalog.builders import make_mark, make_offer
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db
PAST = dt.date(2026, 1, 5)


class Parties:
    def __init__(self) -> None:
        self.giver, self.receiver = make_member("supplier_manager"), make_member("supplier_manager")
        self.curator = make_member("curator")
        self.offer = make_offer(supplier=supplier_of(self.giver.organisation), facts_confirmed_on=PAST)
        self.page = f"{self.offer.get_absolute_url()}transferer/"
        self.api = f"/api/v1/offers/{self.offer.uuid}/hand-over/"

    def said(self, **changes: Any) -> dict[str, Any]:
        identifier = self.receiver.organisation.identifier
        said = {"reason": "Fusion des deux sociétés.", "source": "Annonce légale n° 12", "source_date": PAST}
        return {"identifier": identifier, **said, **changes}

    def propose(self) -> OfferHandover:
        return handovers.propose(self.offer, actor=fresh(self.curator), **self.said())

    def again(self) -> Offer:
        return Offer.objects.select_related("supplier").get(pk=self.offer.pk)


def fresh(member: Membership) -> Actor:
    return Actor.of(Membership.objects.get(pk=member.pk))


@pytest.fixture
def parties() -> Parties:
    return Parties()


# -- who, and what is refused


def test_only_a_curator_proposes_and_only_the_receiver_answers(parties: Parties) -> None:
    for role in (None, "requester", "decision_maker", "auditor"):
        member = make_member(role) if role else None
        assert client_for(member).post(parties.page, parties.said()).status_code in (302, 403)
        problem_of(client_for_token(member).post(parties.api, {}), 403 if member else 401)
    assert not OfferHandover.objects.exists()
    made = parties.propose()
    url = f"/api/v1/handovers/{made.uuid}/"
    stranger = make_member("supplier_manager")
    for member, status in ((None, 401), (stranger, 404), (parties.giver, 403), (parties.curator, 403)):
        problem_of(client_for_token(member).post(f"{url}accept/"), status)
    editor = make_member("supplier_editor", organisation=parties.receiver.organisation)
    problem_of(client_for_token(editor).post(f"{url}accept/"), 403)
    assert client_for(editor).post(f"/transferts/{made.uuid}/", {"move": "accept"}).status_code == 403
    assert client_for(stranger).get(f"/transferts/{made.uuid}/").status_code == 404


def test_nobody_accepts_what_they_proposed(parties: Parties) -> None:
    made = parties.propose()
    both = make_member("supplier_manager", organisation=parties.receiver.organisation, user=made.proposed_by)
    problem_of(client_for_token(both).post(f"/api/v1/handovers/{made.uuid}/accept/"), 403)


def test_bad_input_is_named_and_the_typed_text_kept(parties: Parties) -> None:
    client, api = client_for(parties.curator), client_for_token(parties.curator)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    wrong = parties.said(identifier="000000000", source_date=tomorrow)
    shown = client.post(parties.page, {**wrong, "reason": "Rachat <b>gras</b>"})
    assert shown.status_code == 400 and "Rachat &lt;b&gt;gras&lt;/b&gt;" in shown.content.decode()
    assert set(shown.context["form"].errors) == {"source_date"}
    shown = client.post(parties.page, parties.said(identifier="000000000"))
    assert "Aucun fournisseur vérifié ne porte cet identifiant" in shown.content.decode()
    assert faults(api.post(parties.api, wrong, format="json")) == {"source_date"}
    assert faults(api.post(parties.api, {}, format="json")) == {
        "identifier", "reason", "source", "source_date",
    }  # fmt: skip
    same = parties.said(identifier=parties.giver.organisation.identifier)
    assert faults(api.post(parties.api, same, format="json")) == {"identifier"}
    pending = make_organisation(kind="supplier", state="pending")
    assert faults(api.post(parties.api, parties.said(identifier=pending.identifier), format="json")) == {
        "identifier"
    }
    nul = client.post(parties.page, parties.said(source="a\x00b"))
    assert nul.status_code == 400 and not OfferHandover.objects.exists()


@pytest.mark.parametrize(
    ("state", "code"), [("unclaimed", "not_claimed"), ("withdrawn", "offer_closed"), ("removed", "")]
)
def test_what_is_not_movable(parties: Parties, state: str, code: str) -> None:
    Offer.objects.filter(pk=parties.offer.pk).update(state=state)
    client, api = client_for(parties.curator), client_for_token(parties.curator)
    if not code:
        problem_of(api.post(parties.api, parties.said(), format="json"), 410)
        return
    assert client.get(parties.page).status_code == 409
    assert problem_of(api.post(parties.api, parties.said(), format="json"), 409)["code"] == code


def test_a_version_that_waits_is_decided_first(parties: Parties) -> None:
    made = parties.propose()
    live = parties.offer.live_version
    VersionReview.objects.create(
        state="pending", version_proposed=live.successor(created_by=None).freeze(), replaces=live
    )
    with pytest.raises(MoveRefused) as refused:
        handovers.accept(made, actor=fresh(parties.receiver))
    assert refused.value.code == "version_waiting"
    made.refresh_from_db()
    assert made.state == "proposed" and parties.again().supplier.organisation == parties.giver.organisation


def test_a_real_offer_is_not_moved_in_a_demonstration(parties: Parties, settings: Any) -> None:
    settings.DEMONSTRATION = True
    Offer.objects.filter(pk=parties.offer.pk).update(source_key="vraie-offre")
    parties.offer.refresh_from_db()
    with pytest.raises(RuleBroken):
        parties.propose()


# -- from the proposal to the acceptance, by page and by API


def test_by_page_the_offer_changes_hands_at_its_address(parties: Parties) -> None:
    curator, receiver = client_for(parties.curator), client_for(parties.receiver)
    assert (
        "Transférer à un autre fournisseur" in curator.get(parties.offer.get_absolute_url()).content.decode()
    )
    done = curator.post(parties.page, parties.said())
    made = OfferHandover.objects.get()
    assert done.url == made.get_absolute_url() == f"/transferts/{made.uuid}/"
    assert parties.again().supplier.organisation == parties.giver.organisation
    assert Notification.objects.filter(user=parties.receiver.user).count() == 1
    assert Notification.objects.filter(user=parties.giver.user).count() == 1
    assert f"Transfert de {parties.offer.name}" in receiver.get("/bureau/").content.decode()
    shown = receiver.get(done.url).content.decode()
    assert "Annonce légale n° 12" in shown and "Accepter l’offre" in shown
    assert "Accepter l’offre" not in curator.get(done.url).content.decode()
    assert receiver.post(done.url, {"move": "accept"}).status_code == 302
    offer = parties.again()
    assert offer.supplier.organisation == parties.receiver.organisation
    assert (offer.state, offer.facts_confirmed_on) == ("listed", None)
    sheet = client_for(None).get(parties.offer.get_absolute_url()).content.decode()
    assert f"Cette offre était celle de {made.supplier_from.name} jusqu’au" in sheet
    assert "Fusion des deux sociétés." in sheet and "Annonce légale n° 12" in sheet
    history = client_for(None).get(f"{parties.offer.get_absolute_url()}historique/").content.decode()
    assert "Cette offre était celle de" in history
    assert receiver.post(done.url, {"move": "accept"}).status_code == 409
    assert client_for(parties.giver).get(f"{offer.get_absolute_url()}modifier/").status_code in (403, 404)
    assert receiver.get(f"{offer.get_absolute_url()}modifier/").status_code == 200


def test_by_api_the_same(parties: Parties) -> None:
    curator, receiver = client_for_token(parties.curator), client_for_token(parties.receiver)
    made = curator.post(parties.api, parties.said(), format="json")
    assert made.status_code == 201 and made["Location"].endswith(f"/handovers/{made.json()['id']}/")
    body = curator.get(made["Location"]).json()
    assert body == made.json()
    assert (body["state"], body["supplier_from_name"]) == ("proposed", parties.offer.supplier.name)
    assert (
        problem_of(curator.post(parties.api, parties.said(), format="json"), 409)["code"] == "handover_open"
    )
    former = f"/api/v1/offers/{parties.offer.uuid}/former-suppliers/"
    assert client_for_token(None).get(former).json() == []
    answered = receiver.post(f"/api/v1/handovers/{body['id']}/accept/", HTTP_IF_MATCH='"7"')
    problem_of(answered, 412)
    answered = receiver.post(f"/api/v1/handovers/{body['id']}/accept/")
    assert answered.json()["state"] == "accepted"
    (told,) = client_for_token(None).get(former).json()
    assert told == {
        "supplier": str(parties.offer.supplier.uuid), "name": parties.offer.supplier.name,
        "until": answered.json()["decided_at"], "reason": "Fusion des deux sociétés.",
        "source": "Annonce légale n° 12", "source_date": "2026-01-05",
    }  # fmt: skip
    offer = parties.again()
    assert OfferSearchRow.objects.get(offer=offer).card["supplier"]["number"] == offer.supplier.number
    assert Change.objects.filter(offer=offer, kind="changed").exists()
    assert list(
        AuditEvent.objects.filter(object_type="catalog.offer", object_id=offer.pk).values_list(
            "what", flat=True
        )
    ) == ["hand_over"]


@pytest.mark.parametrize(("move", "state"), [("refuse", "refused"), ("cancel", "cancelled")])
def test_refused_or_cancelled_with_a_reason_nothing_moves(parties: Parties, move: str, state: str) -> None:
    made = parties.propose()
    client = client_for(parties.receiver if move == "refuse" else parties.curator)
    page = made.get_absolute_url()
    empty = client.post(page, {"move": move, "reason": ""})
    assert empty.status_code == 400 and "Dites pourquoi" in empty.content.decode()
    assert client.post(page, {"move": move, "reason": "Acte annulé."}).status_code == 302
    made.refresh_from_db()
    assert (made.state, made.decision_reason) == (state, "Acte annulé.")
    assert parties.again().supplier.organisation == parties.giver.organisation
    assert "Acte annulé." in Notification.objects.filter(user=parties.giver.user).latest("pk").body
    assert "Cette offre était celle de" not in client.get(parties.offer.get_absolute_url()).content.decode()
    assert parties.propose().state == "proposed"


# -- what was proved of the former holder


def test_marks_do_not_follow_they_are_to_be_proved_again(parties: Parties) -> None:
    register = make_mark(parties.offer, valid_until=dt.date(2028, 1, 1), decision_number="ESSAI-7")
    declared = make_mark(parties.offer, scheme="iso27001", origin="declared")
    lost = make_mark(parties.offer, scheme="hds", status="suspended")
    handovers.accept(parties.propose(), actor=fresh(parties.receiver))
    for mark in (register, declared, lost):
        mark.refresh_from_db()
    assert (register.status, declared.status, lost.status) == ("unknown", "unknown", "suspended")
    worth = dict(EffectiveTrust.objects.filter(offer=parties.offer).values_list("scheme", "status"))
    assert worth == {"secnumcloud": "unknown", "iso27001": "unknown", "hds": "suspended"}
    last = register.facts.last()
    assert "est passée de" in last.reason and register.facts.count() == 2
    assert (register.decision_number, register.valid_until) == ("ESSAI-7", dt.date(2028, 1, 1))
    sheet = client_for(None).get(parties.offer.get_absolute_url()).content.decode()
    assert "À reprouver" in sheet and "SecNumCloud\u00a0: inconnu" in sheet
    assert "Aucune qualification SecNumCloud en vigueur." in sheet
    curator = client_for_token(parties.curator)
    problem_of(curator.post(f"/api/v1/trust-marks/{register.uuid}/question/", {}), 404)


def test_the_new_supplier_declares_and_the_register_is_read_again(parties: Parties) -> None:
    register = make_mark(parties.offer, decision_number="ESSAI-7")
    declared = make_mark(parties.offer, scheme="iso27001", origin="declared")
    handovers.accept(parties.propose(), actor=fresh(parties.receiver))
    edit_mark(declared, actor=fresh(parties.receiver), fields={"status": "in_force"})
    assert declared.status == "in_force"
    done = client_for_token(parties.curator).post(
        f"/api/v1/trust-marks/{register.uuid}/obtain/",
        {"issuer": "ANSSI", "act_reference": "ESSAI-8", "act_date": "2026-01-06"},
        format="json",
    )
    assert done.status_code == 200 and done.json()["effective"] == "in_force"


def test_a_register_read_before_the_handover_proves_nothing(parties: Parties) -> None:
    register = make_mark(parties.offer)
    handovers.accept(parties.propose(), actor=fresh(parties.receiver))
    row = {"scheme": "secnumcloud", "status": "in_force", "origin": "register", "valid_from": "2025-01-01"}
    parties.offer.refresh_from_db()
    load_marks(parties.offer, [row], sources={}, read_on=timezone.localdate().isoformat())
    register.refresh_from_db()
    assert register.status == "unknown"
    later = timezone.localdate() + dt.timedelta(days=1)
    load_marks(parties.offer, [row], sources={}, read_on=later.isoformat())
    register.refresh_from_db()
    assert register.status == "in_force"


# -- races, and what a list costs


@pytest.mark.django_db(transaction=True)
def test_race_two_managers_answer_at_once() -> None:
    parties = Parties()
    other = make_member("supplier_manager", organisation=parties.receiver.organisation)
    made = parties.propose()
    outcomes = at_once(
        lambda: handovers.accept(OfferHandover.objects.get(pk=made.pk), actor=fresh(parties.receiver)).state,
        lambda: (
            handovers.refuse(OfferHandover.objects.get(pk=made.pk), actor=fresh(other), reason="Non.").state
        ),
    )
    made.refresh_from_db()
    assert sorted(map(str, outcomes)) == sorted([made.state, "wrong_state"])
    moved = parties.again().supplier.organisation == parties.receiver.organisation
    assert moved == (made.state == "accepted")


@pytest.mark.django_db(transaction=True)
def test_race_two_curators_propose_at_once() -> None:
    parties = Parties()
    outcomes = at_once(lambda: parties.propose().state, lambda: parties.propose().state)
    assert sorted(outcomes) == ["handover_open", "proposed"]
    assert OfferHandover.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_race_a_withdrawal_while_the_handover_is_accepted() -> None:
    parties = Parties()
    made = parties.propose()
    outcomes = at_once(
        lambda: handovers.accept(OfferHandover.objects.get(pk=made.pk), actor=fresh(parties.receiver)).state,
        lambda: parties.again().withdraw(actor=fresh(parties.curator), reason="Fin.").state,
    )
    assert outcomes in (["accepted", "withdrawn"], ["offer_closed", "withdrawn"])
    moved = parties.again().supplier.organisation == parties.receiver.organisation
    assert moved == (outcomes[0] == "accepted")


def test_the_list_and_the_queue_cost_the_same_whatever_the_rows(
    parties: Parties, django_assert_max_num_queries: Any
) -> None:
    client, api = client_for(parties.curator), client_for_token(parties.curator)
    parties.propose()
    api.get("/api/v1/handovers/")
    counts = []
    for more in (0, 6):
        for _ in range(more):
            other = make_offer(supplier=parties.offer.supplier)
            handovers.propose(other, actor=fresh(parties.curator), **parties.said())
        row = []
        for ask in (lambda: client.get("/transferts/"), lambda: api.get("/api/v1/handovers/")):
            with django_assert_max_num_queries(40) as seen:
                assert ask().status_code == 200
            row.append(len(seen))
        counts.append(row)
    assert counts[0] == counts[1]
    queues = {row["code"]: row for row in api.get("/api/v1/moderation-queues/").json()}
    assert queues["handovers"]["count"] == 7 and queues["handovers"]["page"] == "/transferts/"


def test_an_actor_of_both_sides_reads_both(parties: Parties) -> None:
    made = parties.propose()
    for member in (parties.giver, parties.receiver):
        assert client_for(member).get(made.get_absolute_url()).status_code == 200
        assert made in OfferHandover.objects.visible_to(fresh(member))
    assert not OfferHandover.objects.visible_to(actor_for("requester")).exists()
