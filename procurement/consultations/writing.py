"""Writing a consultation: from a project whose route is confirmed, until it is published or abandoned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.files.sniff import DOCUMENTS
from marketplace.files.store import store_upload
from marketplace.numbering import next_number
from procurement.actions import releases, tender_releases
from procurement.actions.projects import refuse_closed
from procurement.consultations import content as contents
from procurement.consultations.abilities import begin_ability
from procurement.consultations.delays import refuse_reduction
from procurement.consultations.enums import NAMED_KINDS, Access, ConsultationKind
from procurement.enums_orders import VehicleKind
from procurement.models import (
    Award,
    Consultation,
    ConsultationDocument,
    ConsultationLot,
    RouteChoice,
    SystemCategory,
    admitted_suppliers,
)
from procurement.routes.enums import RouteChoiceState
from procurement.routes.results import ADAPTED, DISPENSE, FORMALISED, INNOVATIVE

if TYPE_CHECKING:
    from uuid import UUID

    from django.core.files.uploadedfile import UploadedFile

    from catalog.models import Supplier
    from marketplace.accounts.actors import Actor
    from procurement.models import ConsultationNotice, Project

KIND_OF_ROUTE = {
    DISPENSE: ConsultationKind.QUOTES,
    INNOVATIVE: ConsultationKind.QUOTES,
    ADAPTED: ConsultationKind.ADAPTED,
    FORMALISED: ConsultationKind.FORMALISED,
}
KIND_OF_VEHICLE: dict[str, ConsultationKind] = {
    VehicleKind.FRAMEWORK: ConsultationKind.SUBSEQUENT,
    VehicleKind.DYNAMIC: ConsultationKind.SPECIFIC,
}
MOST_DOCUMENTS = 30
FOREIGN_CATEGORY = "Cette catégorie n’est pas du système de cette consultation."


def kind_of(choice: RouteChoice) -> str:
    """Raises RuleBroken when this route is not bought by a consultation of this marketplace."""
    if not choice.calls_for_consultation:
        raise RuleBroken(
            "route_without_consultation",
            f"La voie « {choice.label} » ne passe pas par une consultation ici.",
            field="project",
        )
    if choice.vehicle is not None:
        return KIND_OF_VEHICLE[choice.vehicle.kind]
    return KIND_OF_ROUTE[choice.code]


def confirmed_route(project: Project) -> RouteChoice:
    """Raises RuleBroken without one."""
    rows = project.route_choices.for_pages().filter(state=RouteChoiceState.CONFIRMED)
    choice = rows.first()
    if choice is None:
        raise RuleBroken(
            "route_not_confirmed",
            "Aucune voie d’achat n’est confirmée pour ce projet. Choisissez-en une, puis faites-la "
            "confirmer par le service achats.",
            field="project",
        )
    return choice


def create(project: Project, *, actor: Actor, title: str = "") -> Consultation:
    """A draft with one lot; those that its vehicle names are invited. Raises MoveRefused,
    RuleBroken."""
    require(begin_ability(actor, project), "create")
    refuse_closed(project)
    choice = confirmed_route(project)
    kind = kind_of(choice)
    with transaction.atomic():
        row = Consultation.objects.create(
            number=next_number("CNS"),
            project=project,
            organisation=project.organisation,
            route_choice=choice,
            kind=kind,
            access=Access.INVITED if kind in NAMED_KINDS else Access.OPEN,
            title=title or project.title,
            created_by=actor.user,
        )
        ConsultationLot.objects.create(consultation=row, number=1, title=row.title)
        if kind in NAMED_KINDS:
            contents.write_invitations(row, named_by(row))
        row.journal_creation(actor=actor, detail={"project": project.number, "route": choice.code})
    return row


def named_by(row: Consultation) -> list[Supplier]:
    """The holders of its lot, or those admitted today to its dynamic system, or to its category there; empty
    when they are not known here. Two queries at most."""
    choice = row.route_choice
    if choice.vehicle is not None and choice.vehicle.kind == VehicleKind.DYNAMIC:
        return admitted_suppliers(choice.vehicle, row.category)
    return choice.vehicle_lot.holders if choice.vehicle_lot is not None else []


def edit(
    consultation: Consultation,
    *,
    actor: Actor,
    expected_version: int | None = None,
    criteria: Sequence[contents.CriterionContent] | None = None,
    lots: Sequence[contents.LotContent] | None = None,
    invited: Sequence[Supplier] | None = None,
    **fields: Any,
) -> Consultation:
    """What is None stays. Raises MoveRefused once published, RuleBroken, VersionStale."""
    _refuse_no_lot(lots)

    def apply(row: Consultation) -> None:
        refuse_published(row)
        contents.write_fields(row, fields)
        refuse_reduction(row)
        _refuse_category(row)
        if "category" in fields:
            contents.write_invitations(row, named_by(row))
        _refuse_other_suppliers(row, invited)
        if criteria is not None:
            contents.write_criteria(row, criteria)
        if lots is not None:
            contents.write_lots(row, lots)
        if invited is not None:
            contents.write_invitations(row, invited)

    parts = {"criteria": criteria, "lots": lots, "invited": invited}
    said = sorted({*fields, *(name for name, value in parts.items() if value is not None)})
    consultation.touch(
        "edit", actor=actor, apply=apply, expected_version=expected_version, detail={"fields": said}
    )
    return consultation


def edit_price_items(
    consultation: Consultation,
    *,
    actor: Actor,
    lot: ConsultationLot,
    items: Sequence[contents.ItemContent],
    expected_version: int | None = None,
) -> Consultation:
    def apply(row: Consultation) -> None:
        refuse_published(row)
        contents.write_price_items(lot, items)

    detail = {"fields": ["price_items"], "lot": lot.number}
    return consultation.touch(
        "edit", actor=actor, apply=apply, expected_version=expected_version, detail=detail
    )


def refuse_published(row: Consultation) -> None:
    if not row.is_written:
        raise MoveRefused(
            "consultation_frozen",
            f"Ce qui est demandé ne change plus : l’état est « {row.get_state_display()} ». "
            "Publiez un avis de modification.",
            about=row,
        )


def _refuse_no_lot(lots: Sequence[contents.LotContent] | None) -> None:
    if lots is not None and not lots:
        raise RuleBroken("no_lot", "Gardez au moins un lot.", field="lots")


def categories_of(row: Consultation) -> list[SystemCategory]:
    """Of its dynamic system; empty without any. One query, none out of a system."""
    if row.kind != ConsultationKind.SPECIFIC:
        return []
    return list(SystemCategory.objects.filter(system__vehicle=row.route_choice.vehicle_id))


def category_named(row: Consultation, uuid: UUID) -> SystemCategory:
    """Raises RuleBroken on one that is not of its system."""
    for one in categories_of(row):
        if one.uuid == uuid:
            return one
    raise RuleBroken("category_unknown", FOREIGN_CATEGORY, field="category")


def _refuse_category(row: Consultation) -> None:
    """Raises RuleBroken on a category of another system."""
    if row.category is not None and row.category not in categories_of(row):
        raise RuleBroken("category_unknown", FOREIGN_CATEGORY, field="category")


def _refuse_other_suppliers(row: Consultation, invited: Sequence[Supplier] | None) -> None:
    """A formalised procedure is an open call, or a restricted one that selects candidates first; the others
    select nobody. A marché subséquent consults the holders of the agreement, all of them and nobody else
    (R2162-10)."""
    if row.kind == ConsultationKind.FORMALISED and row.access == Access.INVITED:
        message = (
            "Une procédure formalisée est un appel d’offres, ouvert à tous ou restreint sur candidature : "
            "personne n’y est invité d’avance."
        )
        raise RuleBroken("formalised_open", message, field="access")
    if row.kind != ConsultationKind.FORMALISED and row.access == Access.RESTRICTED:
        message = "Seule une procédure formalisée appelle ici des candidatures avant les offres."
        raise RuleBroken("restricted_formalised", message, field="access")
    if row.access == Access.RESTRICTED and invited:
        message = "Les candidats sont invités une fois choisis : n’invitez personne d’avance."
        raise RuleBroken("candidates_first", message, field="invited")
    if row.kind not in NAMED_KINDS:
        return
    if row.access != Access.INVITED:
        message = f"{row.get_kind_display()} : ceux que le support nomme sont consultés, sur invitation."
        raise RuleBroken("subsequent_invited", message, field="access")
    holders = named_by(row)
    if invited is None or not holders:
        return
    if {supplier.pk for supplier in invited} != {one.pk for one in holders}:
        names = ", ".join(one.name for one in holders)
        who = "admis au système" if row.kind == ConsultationKind.SPECIFIC else "titulaires du lot"
        message = f"Tous les {who} sont consultés, et eux seuls. Invitez : {names}."
        raise RuleBroken("not_the_holder", message, field="invited")


def add_document(
    consultation: Consultation, *, actor: Actor, title: str, file: UploadedFile
) -> ConsultationDocument:
    """To a draft. Raises MoveRefused once published (a change joins one then), RuleBroken on the file."""
    with transaction.atomic():
        row = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        refuse_published(row)
        made = join_document(row, actor=actor, title=title, file=file)
    return made


def join_document(
    row: Consultation,
    *,
    actor: Actor,
    title: str,
    file: UploadedFile,
    notice: ConsultationNotice | None = None,
) -> ConsultationDocument:
    """Kept, its type read in its bytes, its hash journalled, held until scanned. After the publication it
    comes with the notice that tells it (a trigger). Raises RuleBroken on the file."""
    if row.documents.count() >= MOST_DOCUMENTS:
        raise RuleBroken("too_many_documents", f"{MOST_DOCUMENTS} documents au plus.", field="file")
    stored = store_upload(file, owner=row.organisation, actor=actor, accept=DOCUMENTS)
    made = ConsultationDocument.objects.create(consultation=row, title=title, file=stored, notice=notice)
    row.touch(
        "add_document",
        actor=actor,
        apply=lambda _: None,
        detail={"title": title, "sha256": stored.sha256},
    )
    return made


def withdraw(
    consultation: Consultation, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Consultation:
    """A draft that nobody outside has seen."""
    return consultation.perform(
        "withdraw",
        actor=actor,
        reason=reason,
        expected_version=expected_version,
        apply=_reasoned(reason),
    )


def declare(
    consultation: Consultation, move: str, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Consultation:
    """« sans suite » or « infructueux », told to all who may know of it."""
    from procurement.consultations.drafts import purge
    from procurement.consultations.telling import tell_all

    def apply(row: Consultation) -> None:
        if Award.objects.bound().filter(consultation=row).exists():
            message = "Un marché est signé : la procédure ne s’arrête plus ainsi."
            raise MoveRefused("award_signed", message, about=row)
        row.closing_reason = reason

    words = {"declare_sans_suite": "déclarée sans suite", "declare_infructueux": "déclarée infructueuse"}
    with transaction.atomic():
        releases.one_at_a_time()
        consultation.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)
        # Stopped while suppliers could still answer: what they were writing is destroyed too.
        purge(consultation, actor=actor)
        tender_releases.release_end(consultation, actor=actor)
        tell_all(consultation, f"Consultation {words[move]}", f"Motif : {reason}")
    return consultation


def declare_sans_suite(consultation: Consultation, *, reason: str, **given: Any) -> Consultation:
    tender_releases.refuse_personal(consultation, reason, field="reason")
    return declare(consultation, "declare_sans_suite", reason=reason, **given)


def declare_infructueux(consultation: Consultation, *, reason: str, **given: Any) -> Consultation:
    tender_releases.refuse_personal(consultation, reason, field="reason")
    return declare(consultation, "declare_infructueux", reason=reason, **given)


def _reasoned(reason: str) -> Any:
    def apply(row: Consultation) -> None:
        row.closing_reason = reason

    return apply
