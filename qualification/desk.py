"""What of qualification waits for this person on their desk."""

from __future__ import annotations

from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import SUPPLIER_ROLES, Role
from marketplace.ui.desk import SOON, DeskRow, Rows, one_row_each, register_desk
from qualification.abilities import Ties, dossier_abilities, reading_of_ties
from qualification.enums import DossierState
from qualification.models import Dispute, Dossier, Evidence
from qualification.programmes import desk as programmes_desk
from qualification.queue import QueueRow, reading_of_queue
from qualification.reminders import STEPS

MOST = 30


def rows(actor: Actor) -> list[Rows]:
    """Two to five readings, by role; none for who has nothing to do with dossiers."""
    found: list[Rows] = []
    if actor.has(*SUPPLIER_ROLES):
        found += [_supplier_rows(actor), _evidence_rows(actor)]
    if actor.has(Role.QUALIFICATION_OFFICER):
        found += [_officer_rows(actor), _dispute_rows(actor)]
    if actor.has(Role.DECISION_MAKER):
        found.append(_decision_rows(actor))
    return found


def _supplier_rows(actor: Actor) -> Rows:
    waiting = (
        Dossier.objects.visible_to(actor)
        .for_lists()
        .filter(state__in=(DossierState.DRAFT, DossierState.CORRECTIONS_REQUESTED))
    )
    return one_row_each(waiting.order_by("pk")[:MOST], _supplier_row)


def _supplier_row(dossier: Dossier) -> DeskRow:
    asked = next((asked for asked in dossier.corrections.all() if asked.answered_at is None), None)
    return DeskRow(
        object_label=f"{dossier.number} {dossier.offer.name}",
        url=dossier.get_absolute_url(),
        expected="Répondre aux corrections demandées" if asked else "Terminer puis envoyer le dossier",
        due_on=asked.due_on if asked else None,
        since=dossier.state_since,
        button="Répondre aux corrections" if asked else "Ouvrir le dossier",
    )


def _evidence_rows(actor: Actor) -> Rows:
    """What ends within the first reminder, the soonest first. One query."""
    today = timezone.localdate()
    own = Evidence.objects.filter(organisation=actor.organisation).ending_within(STEPS[-1], on=today)
    return one_row_each(
        own.order_by("valid_until", "pk")[:MOST],
        lambda one: DeskRow(
            object_label=f"Preuve {one.number}, {one.title}",
            url=one.get_absolute_url(),
            expected="Préparer son renouvellement",
            due_on=one.valid_until,
            zone=SOON,
        ),
    )


def _officer_rows(actor: Actor) -> Rows:
    queue = yield from reading_of_queue(actor)
    return [_officer_row(row) for row in queue if _concerns(row)][:MOST]


def _concerns(row: QueueRow) -> bool:
    return row.zone in ("a-moi", "a-prendre", "fournisseur") and row.dossier.state != DossierState.PROPOSED


def _officer_row(row: QueueRow) -> DeskRow:
    dossier = row.dossier
    if row.zone == "fournisseur":
        return DeskRow(
            object_label=f"{dossier.number} {dossier.offer.name}",
            url=dossier.get_absolute_url(),
            expected="Attendre les corrections",
            since=dossier.state_since,
            zone=SOON,
            holder=dossier.organisation.name,
        )
    mine = row.zone == "a-moi"
    return DeskRow(
        object_label=f"{dossier.number} {dossier.offer.name}",
        url=dossier.get_absolute_url(),
        expected="Instruire le dossier" if mine else "Prendre ce dossier",
        due_on=row.clock.due_on,
        since=dossier.queue_since,
        button="Ouvrir le plus ancien",
    )


def _dispute_rows(actor: Actor) -> Rows:
    """The contestations that this officer is to answer, the oldest first. One query."""
    waiting = Dispute.objects.visible_to(actor).waiting().filter(dossier__officer=actor.user)
    return one_row_each(
        waiting.select_related("dossier__offer").order_by("lodged_at", "pk")[:MOST],
        lambda dispute: DeskRow(
            object_label=f"Contestation {dispute.number}, {dispute.dossier.number}",
            url=dispute.get_absolute_url(),
            expected=f"Répondre à la contestation d’un contrôle de {dispute.dossier.offer.name}",
            since=dispute.lodged_at,
            button="Répondre à la contestation",
        ),
    )


def _decision_rows(actor: Actor) -> Rows:
    """Without those this person instructed."""
    ties = yield from reading_of_ties(actor)
    waiting = Dossier.objects.visible_to(actor).for_lists().waiting_for_decision().by_age()
    return (yield from one_row_each(waiting[:MOST], lambda dossier: _decision_row(actor, dossier, ties)))


def _decision_row(actor: Actor, dossier: Dossier, ties: Ties) -> DeskRow | None:
    appealed = dossier.state == DossierState.APPEALED
    verdicts = dossier_abilities(actor, dossier, ties=ties)
    if verdicts["decide_appeal" if appealed else "decide"]:
        return None
    clock = dossier.clock()
    return DeskRow(
        object_label=f"{dossier.number} {dossier.offer.name}",
        url=dossier.get_absolute_url(),
        expected="Décider sur le recours" if appealed else "Décider sur la proposition",
        due_on=clock.due_on if clock else None,
        since=dossier.state_since,
        button="Examiner le recours" if appealed else "Examiner la proposition",
    )


def register() -> None:
    register_desk("qualification", rows)
    register_desk("qualification.programmes", programmes_desk.rows)
