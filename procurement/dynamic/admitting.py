"""Applying to a system, and the buyer's answer within its limit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.accounts.enums import OrganisationState, Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.files.sniff import DOCUMENTS
from marketplace.files.store import store_upload
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text
from procurement.applications.rules import refuse_no_reason, refuse_unattested
from procurement.consultations.gather import supplier_of
from procurement.dynamic.abilities import admissions_abilities
from procurement.dynamic.enums import MOST_PAPERS, AdmissionState
from procurement.dynamic.rules import answer_by
from procurement.models import Admission, AdmissionPaper, DynamicSystem, SystemCategory
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from uuid import UUID

    from catalog.models import Supplier
    from marketplace.accounts.actors import Actor

TWICE = "Votre candidature y est déjà en cours ou admise : elle vaut pour toute la durée du système."
WRITERS = (Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER)


def refuse_over(system: DynamicSystem) -> None:
    """Raises MoveRefused out of its dates: in them it never stops admitting."""
    today, vehicle = timezone.localdate(), system.vehicle
    if not vehicle.is_open(today):
        period = f"du {date_text(vehicle.starts_on)} au {date_text(vehicle.ends_on)}"
        raise MoveRefused("system_not_open", f"Ce système reçoit des candidatures {period}.", about=system)


def ask(
    system: DynamicSystem,
    *,
    actor: Actor,
    candidacy: str,
    not_excluded: bool,
    file: UploadedFile,
    statement: str = "",
    category: SystemCategory | None = None,
) -> Admission:
    """With the DUME or DC1; other papers are joined after. Raises NotAllowed, MoveRefused, RuleBroken."""
    require(admissions_abilities(actor), "create")
    refuse_over(system)
    supplier = _candidate(actor)
    refuse_unattested(not_excluded)
    refuse_category(system, category)
    same = {"system": system, "category": category, "supplier": supplier}
    if Admission.objects.living().filter(**same).exists():
        raise MoveRefused("admission_exists", TWICE)
    try:
        with transaction.atomic():
            _hold(system)
            made = Admission.objects.create(
                number=next_number("ADM"),
                **same,
                candidacy=candidacy,
                not_excluded=True,
                statement=statement,
                asked_by=actor.user,
                answer_by=answer_by(timezone.localdate()),
            )
            _keep(made, actor=actor, title=made.get_candidacy_display(), file=file)
            made.journal_creation(actor=actor, detail={"system": system.vehicle.number})
            body = f"{supplier.name} candidate à « {system.vehicle.title} ». Répondez avant la fin du "
            _tell_buyer(made, "Candidature à évaluer", f"{body}{date_text(made.answer_by)}.")
    except IntegrityError as twice:
        raise MoveRefused("admission_exists", TWICE) from twice
    return made


def _hold(system: DynamicSystem) -> None:
    """Its categories are not written again meanwhile."""
    DynamicSystem.objects.select_for_update(of=("self",)).get(pk=system.pk)


def category_named(system: DynamicSystem, uuid: UUID) -> SystemCategory:
    """Raises RuleBroken on one that is not of the system."""
    found = system.categories.filter(uuid=uuid).first()
    if found is None:
        message = "Cette catégorie n’est pas de ce système : lisez celles qu’il annonce."
        raise RuleBroken("category_unknown", message, field="category")
    return found


def refuse_category(system: DynamicSystem, category: SystemCategory | None) -> None:
    """Raises RuleBroken unless it is one of the system's, when it has some."""
    known = list(system.categories.all())
    if (category is None and known) or (category is not None and category not in known):
        titles = ", ".join(str(one) for one in known) or "ce système n’en a pas"
        raise RuleBroken("category_unknown", f"Choisissez une catégorie : {titles}.", field="category")


def _candidate(actor: Actor) -> Supplier:
    """Raises NotAllowed with what is missing."""
    supplier = supplier_of(actor)
    if actor.organisation is None or actor.organisation.state != OrganisationState.VERIFIED:
        raise NotAllowed(
            "not_verified", "Votre organisation n’est pas encore vérifiée : attendez sa vérification."
        )
    if supplier is None:
        message = "Votre organisation n’a pas de fiche : créez une offre ou revendiquez la vôtre."
        raise NotAllowed("no_sheet", message)
    return supplier


def add_paper(
    admission: Admission,
    *,
    actor: Actor,
    title: str,
    file: UploadedFile,
    expected_version: int | None = None,
) -> AdmissionPaper:
    """While it waits for the answer. Raises MoveRefused, RuleBroken on the file."""
    made: list[AdmissionPaper] = []

    def apply(row: Admission) -> None:
        refuse_answered(row)
        if row.papers.count() >= MOST_PAPERS:
            raise RuleBroken("too_many_papers", f"{MOST_PAPERS} pièces au plus.", field="file")
        made.append(_keep(row, actor=actor, title=title, file=file))

    detail = {"title": title}
    admission.touch("add_paper", actor=actor, apply=apply, expected_version=expected_version, detail=detail)
    return made[0]


def refuse_answered(row: Admission) -> None:
    if row.state != AdmissionState.ASKED:
        raise MoveRefused(
            "admission_answered",
            f"Cette candidature n’attend plus de réponse : l’état est « {row.get_state_display()} ».",
            about=row,
        )


def refuse_extended(row: Admission) -> None:
    refuse_answered(row)
    if row.extension_reason:
        raise MoveRefused("extended_already", "Ce délai a déjà été prolongé une fois.", about=row)


def _keep(row: Admission, *, actor: Actor, title: str, file: UploadedFile) -> AdmissionPaper:
    stored = store_upload(file, owner=row.system.organisation, actor=actor, accept=DOCUMENTS)
    return AdmissionPaper.objects.create(admission=row, title=title, file=stored)


def admit(admission: Admission, *, actor: Actor, expected_version: int | None = None) -> Admission:
    """Its supplier is invited to every specific consultation from now on. Raises MoveRefused."""
    with transaction.atomic():
        admission.perform("admit", actor=actor, apply=_decided(actor, ""), expected_version=expected_version)
        of = f" de la catégorie « {admission.category.title} »" if admission.category else ""
        _tell_supplier(admission, "Candidature admise", f"Vous serez invité à chaque marché spécifique{of}.")
    return admission


def refuse(
    admission: Admission, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Admission:
    """A new application may be made at once. Raises MoveRefused."""
    return _with_reason(admission, "refuse", "Candidature refusée", actor, reason, expected_version)


def end(admission: Admission, *, actor: Actor, reason: str, expected_version: int | None = None) -> Admission:
    """The criteria are not met any more: it answers no specific consultation from now on."""
    return _with_reason(admission, "end", "Admission terminée", actor, reason, expected_version)


def withdraw(
    admission: Admission, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> Admission:
    """By the supplier, at any time. Raises MoveRefused."""

    def apply(row: Admission) -> None:
        row.reason = reason

    with transaction.atomic():
        admission.perform(
            "withdraw", actor=actor, reason=reason, apply=apply, expected_version=expected_version
        )
        _tell_buyer(admission, "Candidature retirée", f"{admission.supplier.name} se retire.")
    return admission


def extend(
    admission: Admission, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Admission:
    """Fifteen days in place of ten, once, with the reason. Raises MoveRefused, RuleBroken."""
    refuse_no_reason(reason, "Dites ce qui demande plus de jours.")

    def apply(row: Admission) -> None:
        refuse_extended(row)
        row.extension_reason = reason
        row.answer_by = answer_by(timezone.localdate(row.asked_at), extended=True)

    with transaction.atomic():
        admission.touch("extend", actor=actor, apply=apply, reason=reason, expected_version=expected_version)
        said = f"Réponse avant la fin du {date_text(admission.answer_by)}. Motif : {reason}"
        _tell_supplier(admission, "Délai de réponse prolongé", said)
    return admission


def _with_reason(
    admission: Admission, move: str, subject: str, actor: Actor, reason: str, expected_version: int | None
) -> Admission:
    refuse_no_reason(reason)
    with transaction.atomic():
        admission.perform(
            move,
            actor=actor,
            reason=reason,
            apply=_decided(actor, reason),
            expected_version=expected_version,
        )
        _tell_supplier(admission, subject, f"Motif : {reason}")
    return admission


def _decided(actor: Actor, reason: str) -> Callable[[Admission], None]:
    def apply(row: Admission) -> None:
        row.decided_by, row.decided_at, row.reason = actor.user, timezone.now(), reason

    return apply


def _tell_supplier(admission: Admission, subject: str, body: str) -> None:
    people = people_holding(admission.supplier.organisation_id, *WRITERS)
    _tell(admission, people, subject, body, organisation=admission.supplier.organisation)


def _tell_buyer(admission: Admission, subject: str, body: str) -> None:
    people = people_holding(admission.system.organisation_id, Role.PURCHASING)
    _tell(admission, people, subject, body, organisation=admission.system.organisation)


def _tell(admission: Admission, people: Any, subject: str, body: str, *, organisation: Any) -> None:
    notify(
        people,
        subject=f"{subject} : {admission.number}",
        body=f"{admission.system.vehicle.title}\n\n{body}",
        url=admission.get_absolute_url(),
        organisation=organisation,
    )
