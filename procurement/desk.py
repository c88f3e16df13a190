"""What waits on the desk: analyses to write, avis to give, sensitivities to decide."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, Shortcut, one_row_each
from procurement.enums import AssessmentState, OpinionKind, ProjectState
from procurement.models import Assessment, Opinion, Project
from procurement.models.opinion import ROLE_OF_KIND

MOST = 50


def need_rows(actor: Actor) -> list[Rows]:
    """At most four readings of one round, none for who holds no role of the need."""
    if not actor.is_buyer or actor.organisation is None or actor.user is None:
        return []
    rows: list[Rows] = []
    if actor.has(Role.REQUESTER):
        rows.append(_to_write(actor))
    for kind, role in ROLE_OF_KIND.items():
        if actor.has(role):
            rows.append(_to_advise(actor, kind=kind))
    if actor.has(Role.QUALIFIED_AUTHORITY):
        rows.append(_to_decide(actor))
    return rows


def need_shortcuts(actor: Actor) -> list[Shortcut]:
    if not actor.is_buyer or not actor.roles:
        return []
    needs = Shortcut("Besoins non couverts", reverse("catalog:need_list"), "Les lire, les rejoindre")
    shown = [needs]
    if actor.has(Role.PURCHASING, Role.DNUM):
        shown.append(
            Shortcut("Diversité des fournisseurs", reverse("procurement:diversity"), "Parts par segment")
        )
    if not actor.has(Role.REQUESTER):
        return shown
    create = Shortcut("Créer un projet", reverse("procurement:project_create"), "Décrire un besoin")
    return [create, *shown]


def _to_write(actor: Actor) -> Rows:
    """My projects whose next act is mine."""
    mine = Project.objects.visible_to(actor).filter(
        authors=actor.user, state__in=(ProjectState.DRAFT, ProjectState.ASSESSED, ProjectState.SOURCING)
    )
    waiting = Assessment.objects.filter(
        project=OuterRef("pk"), state__in=(AssessmentState.AWAITING_OPINIONS,)
    )
    found = mine.annotate(waits=Exists(waiting)).filter(waits=False).order_by("state_since")[:MOST]
    return one_row_each(found, _row_of_project)


def _row_of_project(project: Project) -> DeskRow:
    expected, name, button = {
        ProjectState.DRAFT: ("Analyser la sensibilité", "project_assessment", "Continuer l’analyse"),
        ProjectState.ASSESSED: ("Choisir les offres", "project_offers", "Choisir les offres"),
    }.get(ProjectState(project.state), ("Passer à l’achat", "project_shortlist", "Voir la présélection"))
    return DeskRow(
        object_label=str(project),
        url=reverse(f"procurement:{name}", args=[project.number]),
        expected=expected,
        since=project.state_since,
        button=button,
    )


def _to_advise(actor: Actor, *, kind: str) -> Rows:
    """Analyses without an avis of this kind since they were last submitted."""
    given = Opinion.objects.filter(
        assessment=OuterRef("pk"), kind=kind, given_at__gte=OuterRef("requested_at")
    )
    waiting = (
        Assessment.objects.visible_to(actor)
        .filter(state=AssessmentState.AWAITING_OPINIONS)
        .annotate(given=Exists(given))
        .filter(given=False)
    )
    label = OpinionKind(kind).label
    return one_row_each(
        waiting.for_lists().order_by("requested_at")[:MOST],
        lambda assessment: DeskRow(
            object_label=str(assessment.project),
            url=reverse("procurement:assessment_advise", args=[assessment.project.number, kind]),
            expected=f"Donner l’avis du {label} sur la sensibilité",
            since=assessment.requested_at,
            button="Donner mon avis",
        ),
    )


def _to_decide(actor: Actor) -> Rows:
    """Analyses with both avis, without those that I wrote."""
    complete = Q()
    for kind in OpinionKind:
        given = Opinion.objects.filter(
            assessment=OuterRef("pk"), kind=kind, given_at__gte=OuterRef("requested_at")
        )
        complete &= Q(Exists(given))
    ready = (
        Assessment.objects.visible_to(actor)
        .filter(complete, state=AssessmentState.AWAITING_OPINIONS)
        .exclude(authors=actor.user)
    )
    return one_row_each(
        ready.for_lists().order_by("requested_at")[:MOST],
        lambda assessment: DeskRow(
            object_label=str(assessment.project),
            url=f"{assessment.get_absolute_url()}?etape=4",
            expected="Décider de la sensibilité",
            since=assessment.requested_at,
            button="Décider",
        ),
    )
