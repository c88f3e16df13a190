"""The award of one lot, from the ranking to the notification. Every act locks the consultation first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.files.store import store_upload
from marketplace.money import CENT, LARGEST_TOTAL
from marketplace.numbering import next_number
from marketplace.tax_basis import Amounts, TaxBasis
from marketplace.ui.typography import date_text, euros
from procurement.awards.ending import refuse_unfinished
from procurement.awards.enums import AwardState
from procurement.awards.letters import send_all
from procurement.awards.standstill import Delay, delay_of
from procurement.budgets.alerts import watch_vehicle
from procurement.budgets.ledger import hold_vehicle, maximum_refusal
from procurement.consultations.telling import tell_supplier
from procurement.evaluation.abilities import evaluation_abilities
from procurement.evaluation.enums import EvaluationState
from procurement.evaluation.evaluating import refuse_not_opened
from procurement.models import Award, AwardCertificate, Consultation, Evaluation, OpenedResponse

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import ConsultationLot, PurchasingVehicle, VehicleLot


@contextmanager
def _locked(consultation_id: int) -> Iterator[Consultation]:
    """Its consultation, still opened, alone with the lock. Raises MoveRefused."""
    with transaction.atomic():
        row = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation_id)
        refuse_not_opened(row)
        yield row


def propose(
    evaluation: Evaluation, *, actor: Actor, lot: ConsultationLot, response: OpenedResponse, reason: str
) -> Award:
    """The best ranked, or the next one when those before were dropped; its certificates are asked for.

    Raises NotAllowed, MoveRefused, RuleBroken.
    """
    require(evaluation_abilities(actor, evaluation), "award")
    if not reason.strip():
        raise RuleBroken("reason_missing", "Donnez le motif de cette attribution.", field="reason")
    with _locked(evaluation.consultation_id):
        fresh = Evaluation.objects.get(pk=evaluation.pk)
        refuse_not_ranked(fresh)
        rows = rows_of(fresh, lot)
        own = _chosen(rows, lot, response)
        refuse_unfinished(lot)
        total = own["total_eur_ht"]
        made = Award.objects.create(
            number=next_number("ATT"),
            consultation=evaluation.consultation,
            lot=lot,
            response=response,
            reason=reason,
            amount_eur_ht=Decimal(total) if total is not None else None,
            standings=rows,
            proposed_by=actor.user,
        )
        made.journal_creation(actor=actor, detail={"supplier": own["supplier"], "lot": lot.number})
        tell_supplier(
            evaluation.consultation,
            response.deposit.supplier,
            "Certificats demandés avant attribution",
            "Il est envisagé de vous attribuer ce marché. Joignez vos certificats fiscal et social.",
        )
    return made


def refuse_not_ranked(evaluation: Evaluation) -> None:
    if evaluation.state != EvaluationState.EVALUATED:
        message = f"Arrêtez d’abord le classement : l’état est « {evaluation.get_state_display()} »."
        raise MoveRefused("not_evaluated", message, about=evaluation)


def rows_of(evaluation: Evaluation, lot: ConsultationLot) -> list[dict[str, Any]]:
    """The ranking of that lot, as it was concluded."""
    found = next((each for each in evaluation.standings if each["lot"] == lot.number), None)
    return list(found["responses"]) if found is not None else []


def _chosen(rows: list[dict[str, Any]], lot: ConsultationLot, response: OpenedResponse) -> dict[str, Any]:
    """Raises RuleBroken when it is not ranked, or when a better one was not dropped."""
    own = next((row for row in rows if row["response"] == str(response.uuid)), None)
    if own is None or own["rank"] is None:
        message = "Cette réponse n’est pas classée : choisissez-en une qui l’est."
        raise RuleBroken("not_ranked", message, field="response")
    dropped = {
        str(one)
        for one in Award.objects.filter(lot=lot, state=AwardState.DROPPED).values_list(
            "response__uuid", flat=True
        )
    }
    before = [
        row for row in rows if (row["rank"] or own["rank"]) < own["rank"] and row["response"] not in dropped
    ]
    if before:
        message = (
            f"{before[0]['supplier']} est mieux classé, rang {before[0]['rank']}. Le marché va à l’offre la "
            "mieux classée, sauf si son attribution a été abandonnée."
        )
        raise RuleBroken("better_ranked", message, field="response")
    return own


def add_certificate(award: Award, *, actor: Actor, kind: str, file: UploadedFile) -> AwardCertificate:
    """By the supplier, or by the service achats that got it itself. Raises MoveRefused, RuleBroken."""
    made: list[AwardCertificate] = []

    def apply(row: Award) -> None:
        refuse_decided(row)
        stored = store_upload(file, owner=row.consultation.organisation, actor=actor)
        made.append(AwardCertificate.objects.create(award=row, kind=kind, file=stored, given_by=actor.user))

    with _locked(award.consultation_id):
        award.touch("add_certificate", actor=actor, apply=apply, detail={"kind": kind})
    return made[0]


def refuse_decided(award: Award) -> None:
    if award.state != AwardState.PROPOSED:
        raise MoveRefused(
            "award_decided", "Les certificats se joignent avant la décision d’attribution.", about=award
        )


def decide(award: Award, *, actor: Actor, checked: bool, expected_version: int | None = None) -> Award:
    """Once both certificates are there and read. Raises MoveRefused, RuleBroken."""

    def apply(row: Award) -> None:
        missing = row.missing_certificates
        if missing:
            message = f"Il manque : {', '.join(missing).lower()}. Ils sont dus avant l’attribution."
            raise RuleBroken("certificates_missing", message, field="checked")
        if not checked:
            message = "Lisez les deux certificats, puis dites que vous les avez vérifiés."
            raise RuleBroken("certificates_unchecked", message, field="checked")
        row.decided_by, row.decided_at = actor.user, timezone.now()

    with _locked(award.consultation_id):
        return award.perform("decide", actor=actor, apply=apply, expected_version=expected_version)


def delay_for(award: Award, *, voluntary: bool, on: dt.date) -> Delay:
    """What the law asks between the letters and the signature, or what is chosen. No query of its own."""
    consultation = award.consultation
    return delay_of(
        kind=consultation.kind,
        responses=len(award.standings),
        on=on,
        voluntary=voluntary,
    )


def send_letters(
    award: Award, *, actor: Actor, voluntary: bool = False, expected_version: int | None = None
) -> Award:
    """To all whose response is not retained, each its own, only after the decision. Raises MoveRefused."""
    now = timezone.now()
    today = timezone.localdate(now)
    delay = delay_for(award, voluntary=voluntary, on=today)

    def apply(row: Award) -> None:
        row.letters_sent_at, row.standstill_days = now, delay.days
        row.signable_on = delay.signable_on(today)
        send_all(row, delay=delay, now=now)

    with _locked(award.consultation_id):
        return award.perform(
            "send_letters",
            actor=actor,
            apply=apply,
            expected_version=expected_version,
            detail={"days": delay.days, "text": delay.text},
        )


def sign(
    award: Award,
    *,
    actor: Actor,
    amount_eur_ttc: Decimal | None = None,
    expected_version: int | None = None,
) -> Award:
    """Today, once the delay is over. `amount_eur_ttc`: with tax, asked where a maximum is in that basis.

    Raises MoveRefused, RuleBroken on that amount."""
    today = timezone.localdate()

    def apply(row: Award) -> None:
        if not row.may_be_signed(today):
            assert row.signable_on is not None  # written with the letters
            raise MoveRefused(
                "standstill",
                f"Le délai avant signature court : signez à partir du {date_text(row.signable_on)}.",
                about=row,
            )
        row.amount_eur_ttc = amount_eur_ttc
        refuse_beyond_maximum(row)
        row.signed_on = today

    with _locked(award.consultation_id):
        award.perform("sign", actor=actor, apply=apply, expected_version=expected_version)
        vehicle = award.consultation.route_choice.vehicle
        if vehicle is not None:
            watch_vehicle(vehicle)
    return award


def refuse_beyond_maximum(row: Award) -> None:
    """Raises MoveRefused when less than the amount is left of the vehicle it is passed under, or of its lot;
    RuleBroken on an amount with tax that is missing or impossible. Their locks are held until the end of the
    transaction."""
    route, asked = row.consultation.route_choice, row.amount_eur_ht or Decimal(0)
    vehicle, lot = hold_vehicle(route.vehicle_id, route.vehicle_lot_id)
    _refuse_wrong_ttc(row, asked)
    if row.amount_eur_ttc is None and is_ttc_needed(vehicle, lot):
        message = "Le maximum est exprimé TTC : indiquez le montant TTC de cette attribution."
        raise RuleBroken("amount_ttc_missing", message, field="amount_eur_ttc")
    refusal = maximum_refusal(vehicle, lot, Amounts(asked, row.amount_eur_ttc))
    if refusal is not None:
        raise MoveRefused(refusal.code, refusal.message, about=row)


def is_ttc_needed(*ceilings: PurchasingVehicle | VehicleLot | None) -> bool:
    """One of those maximums is known, and with tax."""
    return any(
        each is not None and each.maximum_eur is not None and each.maximum_basis == TaxBasis.TTC
        for each in ceilings
    )


def _refuse_wrong_ttc(row: Award, amount_eur_ht: Decimal) -> None:
    told = row.amount_eur_ttc
    if told is None:
        return
    if not told.is_finite() or told <= 0 or told > LARGEST_TOTAL or told != told.quantize(CENT):
        message = "Le montant TTC est positif, de 12 chiffres au plus avant la virgule et 2 après."
        raise RuleBroken("amount_out_of_range", message, field="amount_eur_ttc")
    if told < amount_eur_ht:
        message = f"Le montant TTC n’est pas inférieur au montant HT, {euros(amount_eur_ht, tax='HT')}."
        raise RuleBroken("amount_ttc_under_ht", message, field="amount_eur_ttc")


def drop(award: Award, *, actor: Actor, reason: str, expected_version: int | None = None) -> Award:
    """Before the signature: the next one in the ranking may then be taken. Raises MoveRefused."""

    def apply(row: Award) -> None:
        row.dropped_reason = reason

    with _locked(award.consultation_id):
        return award.perform(
            "drop", actor=actor, reason=reason, apply=apply, expected_version=expected_version
        )
