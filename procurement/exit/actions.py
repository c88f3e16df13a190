"""Opening an exit plan, giving notice, rehearsing, asking for exports and receiving them, closing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.files.store import store_bytes, store_upload
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from marketplace.ui.typography import NBSP, date_text
from procurement.exit.certificate import certificate_pdf
from procurement.exit.enums import LIVING_EXITS, ExitState
from procurement.exit.rules import OwnTerms, schedule
from procurement.models import Contract, ContractReview, ExitExport, ExitPlan, ExitRehearsal
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User


def open_plan(
    contract: Contract, *, actor: Actor, reason: str, review: ContractReview | None = None
) -> ExitPlan:
    """Raises MoveRefused while another one is open."""
    person = _person(actor)
    with transaction.atomic():
        row = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        refuse_second(row)
        plan = ExitPlan.objects.create(
            number=next_number("REV"), contract=row, review=review, reason=reason, opened_by=person
        )
        plan.journal_creation(actor=actor, detail={"contract": row.number})
    return plan


def refuse_second(contract: Contract) -> None:
    other = contract.exit_plans.living().first()
    if other is not None:
        message = f"{other} est déjà ouvert sur ce contrat. Suivez-le, ou abandonnez-le d’abord."
        raise MoveRefused("exit_plan_open", message, about=other)


def give_notice(
    plan: ExitPlan, *, actor: Actor, given_on: dt.date, expected_version: int | None = None
) -> ExitPlan:
    """Fixes the dates that follow; the supplier is told and reads the plan from now on."""
    contract = plan.contract
    if not contract.starts_on <= given_on <= timezone.localdate():
        message = "Le préavis a été donné depuis le début du contrat, au plus tard aujourd’hui."
        raise RuleBroken("notice_out_of_range", message, field="given_on")
    terms = OwnTerms.of(contract.exit_terms, notice_months=contract.notice_months)

    def apply(row: ExitPlan) -> None:
        found = schedule(given_on, terms)
        row.notice_given_on = given_on
        row.notice_ends_on = found.notice_ends_on
        row.transition_ends_on = found.transition_ends_on
        row.retrieval_ends_on = found.retrieval_ends_on

    with transaction.atomic():
        plan.perform("give_notice", actor=actor, apply=apply, expected_version=expected_version)
        until = date_text(plan.notice_ends_on) if plan.notice_ends_on else "inconnue"
        _tell_supplier(plan, "préavis donné", f"Le {date_text(given_on)}. Fin du préavis{NBSP}: {until}.")
    return plan


def rehearse(
    plan: ExitPlan,
    *,
    actor: Actor,
    done_on: dt.date,
    result: str,
    note: str,
    expected_version: int | None = None,
) -> ExitPlan:
    if done_on > timezone.localdate():
        raise RuleBroken("rehearsal_to_come", "Un essai s’enregistre une fois fait.", field="done_on")
    person = _person(actor)

    def apply(row: ExitPlan) -> None:
        refuse_over(row)
        ExitRehearsal.objects.create(plan=row, done_on=done_on, result=result, note=note, recorded_by=person)

    detail = {"done_on": done_on, "result": result}
    return plan.touch("rehearse", actor=actor, apply=apply, expected_version=expected_version, detail=detail)


def request_export(
    plan: ExitPlan, *, actor: Actor, label: str, format: str, expected_version: int | None = None
) -> ExitPlan:
    """Asked today; the supplier is told once it reads the plan."""
    person = _person(actor)

    def apply(row: ExitPlan) -> None:
        refuse_over(row)
        ExitExport.objects.create(
            plan=row, label=label, format=format, requested_by=person, requested_on=timezone.localdate()
        )

    with transaction.atomic():
        plan.touch(
            "request_export", actor=actor, apply=apply, expected_version=expected_version,
            detail={"label": label, "format": format},
        )  # fmt: skip
        if plan.state == ExitState.RUNNING:
            _tell_supplier(plan, "export demandé", f"{label}, au format {format}.")
    return plan


def receive_export(
    export: ExitExport,
    *,
    actor: Actor,
    received_on: dt.date,
    sha256: str = "",
    size: int | None = None,
    file: UploadedFile | None = None,
) -> ExitPlan:
    """A joined file is kept and hashed here; of a larger one, its hash is given. Raises RuleBroken on the
    field when neither is there, or when they disagree."""
    person, plan = _person(actor), export.plan
    if not export.requested_on <= received_on <= timezone.localdate():
        message = f"Choisissez un jour entre la demande, le {date_text(export.requested_on)}, et aujourd’hui."
        raise RuleBroken("reception_out_of_range", message, field="received_on")
    given = sha256.strip().lower()
    if not given and file is None:
        message = "Joignez le fichier, ou écrivez son empreinte SHA-256 s’il dépasse 10 Mo."
        raise RuleBroken("hash_missing", message, field="sha256")

    def apply(row: ExitPlan) -> None:
        refuse_over(row)
        locked = ExitExport.objects.select_for_update(of=("self",)).get(pk=export.pk)
        refuse_received(locked)
        _receive(locked, actor=actor, plan=row, given=given, size=size, file=file)
        locked.received_by, locked.received_on = person, received_on
        locked.save()

    detail = {"export": str(export.uuid)}
    return plan.touch("receive_export", actor=actor, apply=apply, detail=detail)


def _receive(
    export: ExitExport,
    *,
    actor: Actor,
    plan: ExitPlan,
    given: str,
    size: int | None,
    file: UploadedFile | None,
) -> None:
    if file is None:
        export.sha256, export.size = given, size
        return
    stored = store_upload(file, owner=plan.contract.buyer, actor=actor)
    if given and given != stored.sha256:
        message = (
            f"Le fichier joint a pour empreinte {stored.sha256}. Joignez le bon, ou effacez l’empreinte."
        )
        raise RuleBroken("hash_differs", message, field="sha256")
    export.file, export.sha256, export.size = stored, stored.sha256, stored.size


def refuse_received(export: ExitExport) -> None:
    if export.received_on is not None:
        raise MoveRefused("export_received", "La réception de cet export est déjà enregistrée.")


def record_erasure(
    plan: ExitPlan, *, actor: Actor, erased_on: dt.date, reference: str, expected_version: int | None = None
) -> ExitPlan:
    """What the supplier attests of the erasure of the data."""

    def apply(row: ExitPlan) -> None:
        if row.state != ExitState.RUNNING or row.notice_given_on is None:
            raise MoveRefused("wrong_state", "L’effacement se constate sur une sortie en cours.", about=row)
        if not row.notice_given_on <= erased_on <= timezone.localdate():
            message = f"Choisissez un jour entre le {date_text(row.notice_given_on)} et aujourd’hui."
            raise RuleBroken("erasure_out_of_range", message, field="erased_on")
        row.erased_on, row.erasure_reference = erased_on, reference

    detail = {"erased_on": erased_on}
    return plan.touch(
        "record_erasure", actor=actor, apply=apply, expected_version=expected_version, detail=detail
    )


def close(plan: ExitPlan, *, actor: Actor, expected_version: int | None = None) -> ExitPlan:
    """Makes the certificate. Raises MoveRefused naming what is missing."""
    person = _person(actor)

    def apply(row: ExitPlan) -> None:
        missing = missing_to_close(row)
        if missing:
            raise MoveRefused("exit_not_finished", f"Avant de clore{NBSP}: {' '.join(missing)}", about=row)
        row.closed_by, row.closed_at = person, timezone.now()
        content = certificate_pdf(row)
        name = f"cloture-{row.number}.pdf"
        row.certificate = store_bytes(content, name=name, owner=row.contract.buyer, actor=actor)

    with transaction.atomic():
        plan.perform("close", actor=actor, apply=apply, expected_version=expected_version)
        _tell_supplier(plan, "sortie close", "Le certificat de clôture est disponible.")
    return plan


def missing_to_close(plan: ExitPlan) -> list[str]:
    """Sentences; one query."""
    exports = list(plan.exports.all())
    found = []
    if not exports:
        found.append("demandez et recevez au moins un export.")
    waited = [export.label for export in exports if export.received_on is None]
    if waited:
        found.append(f"enregistrez la réception de «{NBSP}{waited[0]}{NBSP}».")
    if plan.erased_on is None:
        found.append("enregistrez l’attestation d’effacement.")
    return found


def abandon(plan: ExitPlan, *, actor: Actor, reason: str, expected_version: int | None = None) -> ExitPlan:
    with transaction.atomic():
        plan.perform("abandon", actor=actor, reason=reason, expected_version=expected_version)
        if plan.notice_given_on is not None:
            _tell_supplier(plan, "sortie abandonnée", f"Motif{NBSP}: {reason}")
    return plan


def refuse_over(plan: ExitPlan) -> None:
    if plan.state not in LIVING_EXITS:
        raise MoveRefused("exit_over", "Ce plan de réversibilité est clos ou abandonné.", about=plan)


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise NotAllowed("not_allowed", "Cet acte est celui d’une personne.")
    return actor.user


def _tell_supplier(plan: ExitPlan, word: str, body: str) -> None:
    contract = plan.contract
    notify(
        people_holding(contract.supplier.organisation_id, Role.SUPPLIER_MANAGER),
        subject=f"Contrat {contract.number}{NBSP}: {word}",
        body=body,
        url=plan.get_absolute_url(),
    )
