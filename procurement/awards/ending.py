"""A lot without a winner ends alone; a consultation is over with the last of its lots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import system_actor
from marketplace.errors import MoveRefused, RuleBroken
from procurement.actions import releases, tender_releases
from procurement.awards.enums import AwardState, OutcomeKind
from procurement.consultations.abilities import consultation_abilities
from procurement.consultations.drafts import purge
from procurement.consultations.enums import MOST_REASON, ConsultationState
from procurement.consultations.telling import tell_all, tell_bidders
from procurement.consultations.writing import declare
from procurement.models import Award, Consultation, ConsultationLot, LotOutcome, OpenedResponse

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LAST = system_actor("awards")
ENDABLE = (ConsultationState.PUBLISHED, ConsultationState.CLOSED, ConsultationState.OPENED)


def end_lot(
    consultation: Consultation,
    *,
    actor: Actor,
    lot: ConsultationLot,
    kind: str,
    reason: str,
    expected_version: int | None = None,
) -> LotOutcome:
    """Those who answered this lot are told, each alone; before the opening nobody knows who they are: it is
    « sans suite » only, all are told, what was sealed is never opened and drafts are destroyed. With the
    last lot the consultation is over. Raises NotAllowed, MoveRefused, RuleBroken."""
    require(consultation_abilities(actor, consultation), "declare_sans_suite")
    if not reason.strip():
        raise RuleBroken("reason_missing", "Donnez le motif : il est publié.", field="reason")
    tender_releases.refuse_personal(consultation, reason, field="reason")
    made: list[LotOutcome] = []

    def apply(row: Consultation) -> None:
        refuse_over(row)
        refuse_unfinished(lot)
        if kind == OutcomeKind.INFRUCTUEUX:
            _refuse_standing(row, lot)
        made.append(
            LotOutcome.objects.create(
                consultation=row, lot=lot, kind=kind, reason=reason, decided_by=actor.user
            )
        )

    with transaction.atomic():
        releases.one_at_a_time()
        journalled: dict[str, Any] = {"reason": reason, "detail": {"lot": lot.number, "kind": kind}}
        consultation.touch(
            "end_lot", actor=actor, apply=apply, expected_version=expected_version, **journalled
        )
        _tell(made[0], actor=actor)
        conclude(consultation, actor=actor)
    return made[0]


def refuse_over(row: Consultation) -> None:
    """Raises MoveRefused out of the states where its lots may end."""
    if row.state not in ENDABLE:
        raise MoveRefused(
            "lots_cannot_end",
            "Un lot se termine de la publication à l’attribution : "
            f"l’état est « {row.get_state_display()} ».",
            about=row,
        )


def _tell(outcome: LotOutcome, *, actor: Actor) -> None:
    consultation, lot = outcome.consultation, outcome.lot
    tender_releases.release_lot_end(outcome, actor=actor)
    subject = f"Lot {lot.number} déclaré {outcome.get_kind_display().lower()}"
    body = f"{lot.title}\n\nMotif : {outcome.reason}"
    if consultation.is_opened:
        tell_bidders(lot, subject, body)
    else:
        tell_all(consultation, subject, body)
        purge(consultation, actor=actor, lot=lot)


def refuse_unfinished(lot: ConsultationLot) -> None:
    """Raises MoveRefused for a lot that ended already, or whose award lives. Two queries."""
    if LotOutcome.objects.filter(lot=lot).exists():
        raise MoveRefused("lot_ended", f"Le lot {lot.number} est déjà terminé sans attribution.")
    if Award.objects.living().filter(lot=lot).exists():
        message = f"Une attribution du lot {lot.number} est en cours : abandonnez-la d’abord, avec son motif."
        raise MoveRefused("award_exists", message)


def _refuse_standing(row: Consultation, lot: ConsultationLot) -> None:
    """« infructueux »: no response, or only responses that were set aside."""
    if not row.is_opened:
        message = "Rien n’est ouvert : avant l’ouverture, un lot se termine sans suite seulement."
        raise RuleBroken("not_opened", message, field="kind")
    judged = OpenedResponse.objects.filter(deposit__lot=lot).exclude(
        pk__in=OpenedResponse.objects.filter(set_asides__lifted_at=None, set_asides__isnull=False)
    )
    left = judged.select_related("deposit__supplier").first()
    if left is not None:
        message = (
            f"La réponse de {left.deposit.supplier.name} n’est pas écartée. Écartez-la avec son motif, "
            "ou déclarez ce lot sans suite."
        )
        raise RuleBroken("responses_stand", message, field="kind")


def conclude(consultation: Consultation, *, actor: Actor) -> None:
    """Once each lot has its contract notified, or its own end. Call in the transaction of the last one."""
    notified = Award.objects.filter(consultation=consultation, state=AwardState.NOTIFIED).values("lot_id")
    outcomes = list(LotOutcome.objects.filter(consultation=consultation).select_related("lot"))
    without = consultation.lots.exclude(pk__in=[one.lot_id for one in outcomes])
    if without.exclude(pk__in=notified).exists():
        return
    if without.exists():
        consultation.perform("award", actor=LAST)
        return
    fruitless = all(one.kind == OutcomeKind.INFRUCTUEUX for one in outcomes)
    told = (
        outcomes[0].reason if len(outcomes) == 1 else "\n".join(f"{one} : {one.reason}" for one in outcomes)
    )
    declare(
        consultation,
        "declare_infructueux" if fruitless else "declare_sans_suite",
        actor=actor,
        reason=told[:MOST_REASON],
    )
