"""Opening a project, its authors, the offers kept for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from catalog.models import Category, Offer
from marketplace.accounts.abilities import role_needed
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.files.store import store_upload
from marketplace.numbering import next_number
from procurement.enums import OPEN_PROJECTS
from procurement.models import SHORTLIST_LIMIT, Assessment, Project, ProjectDocument, ShortlistEntry
from procurement.models.project import EDITABLE

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor

MOST_TITLE = 160


def create_project(*, actor: Actor, **values: Any) -> Project:
    """A draft with its first, empty analysis. Raises NotAllowed, TypeError on a name outside EDITABLE."""
    unknown = values.keys() - set(EDITABLE)
    if unknown:
        raise TypeError(f"not a field of a project: {sorted(unknown)}")
    organisation = _administration(actor)
    _refuse_bad_period(values)
    _refuse_unknown_categories(values)
    with transaction.atomic():
        project = Project.objects.create(
            number=next_number("PRJ"), organisation=organisation, created_by=actor.user, **values
        )
        if actor.user is not None:
            project.authors.add(actor.user)
        Assessment.objects.create(project=project, number=1)
        project.journal_creation(actor=actor)
    return project


def edit_project(
    project: Project, *, actor: Actor, expected_version: int | None = None, **values: Any
) -> Project:
    """Raises MoveRefused on a closed project, RuleBroken, VersionStale."""
    refuse_closed(project)
    period = {name: values.get(name, getattr(project, name)) for name in ("starts_on", "ends_on")}
    _refuse_bad_period(period)
    _refuse_unknown_categories(values)
    return project.edit(actor=actor, expected_version=expected_version, **values)


def copy_project(project: Project, *, actor: Actor) -> Project:
    """A draft of the same need and answers, of the actor alone. What was decided and found is not copied.

    Raises NotAllowed.
    """
    last = project.current_assessment()
    values = {name: getattr(project, name) for name in EDITABLE}
    values["title"] = f"Copie de {project.title}"[:MOST_TITLE]
    with transaction.atomic():
        made = create_project(actor=actor, **values)
        first = made.current_assessment()
        if last is not None and first is not None:
            first.answers = dict(last.answers)
            first.save(update_fields=["answers"])
        project.touch("copy", actor=actor, apply=lambda row: None, detail={"copy": made.number})
    return made


def add_document(project: Project, *, actor: Actor, title: str, document: UploadedFile) -> ProjectDocument:
    """Raises MoveRefused on a closed project, RuleBroken naming `document`."""
    refuse_closed(project)
    with transaction.atomic():
        stored = store_upload(document, owner=project.organisation, actor=actor, field="document")
        made = ProjectDocument.objects.create(project=project, title=title, file=stored, added_by=actor.user)
        detail = {"title": title, "sha256": stored.sha256}
        project.touch("add_document", actor=actor, apply=lambda row: None, detail=detail)
    return made


def add_author(project: Project, *, actor: Actor, user: User) -> Project:
    """Raises RuleBroken when the person is not a requester of the same administration today."""
    members = Membership.objects.holding(Role.REQUESTER).filter(organisation=project.organisation, user=user)
    if not members.exists():
        raise RuleBroken(
            "author_not_requester",
            "Cette personne n’est pas prescripteur de votre administration. "
            "Demandez d’abord ce rôle pour elle.",
            field="author",
        )

    def add(row: Project) -> None:
        row.authors.add(user)

    return project.touch("add_author", actor=actor, apply=add, detail={"author": user.pk})


def add_to_shortlist(project: Project, *, actor: Actor, offer: Offer) -> ShortlistEntry:
    """Safe to run twice. Raises RuleBroken on the 31st, MoveRefused on a closed project."""
    refuse_closed(project)
    with transaction.atomic():
        Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        known = ShortlistEntry.objects.filter(project=project, offer=offer).first()
        if known is not None:
            return known
        if project.shortlist.count() >= SHORTLIST_LIMIT:
            raise RuleBroken(
                "shortlist_full",
                "Trente offres au plus. Retirez-en une pour en ajouter une autre.",
                field="offer",
            )
        entry = ShortlistEntry.objects.create(project=project, offer=offer, added_by=actor.user)
        project.touch("add_to_shortlist", actor=actor, apply=lambda row: None, detail={"offer": offer.number})
    return entry


def remove_from_shortlist(project: Project, *, actor: Actor, offer: Offer) -> None:
    """Safe to run twice. A frozen list keeps the offer."""
    refuse_closed(project)
    with transaction.atomic():
        gone, _ = ShortlistEntry.objects.filter(project=project, offer=offer).delete()
        if gone:
            project.touch(
                "remove_from_shortlist", actor=actor, apply=lambda row: None, detail={"offer": offer.number}
            )


def refuse_closed(project: Project) -> None:
    if project.state not in OPEN_PROJECTS:
        raise MoveRefused(
            "project_closed",
            f"Ce projet ne change plus : son état est « {project.get_state_display()} ».",
        )


def _administration(actor: Actor) -> Organisation:
    if actor.organisation is None or not actor.is_buyer or not actor.has(Role.REQUESTER):
        raise NotAllowed("not_allowed", role_needed(Role.REQUESTER))
    return actor.organisation


def _refuse_bad_period(values: dict[str, Any]) -> None:
    start, end = values.get("starts_on"), values.get("ends_on")
    if start and end and end < start:
        raise RuleBroken(
            "end_before_start",
            f"La date de fin ({end:%d/%m/%Y}) précède le début ({start:%d/%m/%Y}). "
            f"Choisissez une date à partir du {start:%d/%m/%Y}.",
            field="ends_on",
        )


def _refuse_unknown_categories(values: dict[str, Any]) -> None:
    """One query when some are named. A category retired since stays on the projects that named it."""
    named = set(values.get("categories") or ())
    unknown = (
        named - set(Category.objects.filter(code__in=named).values_list("code", flat=True)) if named else ()
    )
    if unknown:
        raise RuleBroken(
            "category_unknown",
            f"Aucune catégorie ne porte le code « {min(unknown)} ». Choisissez parmi celles du catalogue.",
            field="categories",
        )
