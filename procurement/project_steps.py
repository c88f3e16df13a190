"""The steps of a project as its page draws them, and the next thing to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse

from marketplace.ui.drawings import Step
from procurement.consultations.enums import ENDED_STATES, ConsultationState
from procurement.conventions.enums import ConventionState
from procurement.enums import AssessmentState, Hosting, ProjectState
from procurement.enums_orders import OrderState
from procurement.models import Assessment, Consultation, Contract, Convention, Order, Project, RouteChoice
from procurement.routes.enums import RouteChoiceState
from procurement.routes.picker import STATE_KINDS
from procurement.routes.results import ADAPTED, FORMALISED

RANK = list(ProjectState.values)
LIVING_CONSULTATIONS = (
    ConsultationState.DRAFT,
    ConsultationState.KEYS_PROVED,
    ConsultationState.PUBLISHED,
    ConsultationState.CLOSED,
    ConsultationState.OPENED,
)
BLOCKED = "Bloqué : analyse non signée"


@dataclass(frozen=True)
class NextStep:
    label: str
    url: str
    why: str = ""


DROPPED = (OrderState.CANCELLED, OrderState.REFUSED, OrderState.REPLACED)


def steps_of(
    project: Project,
    *,
    assessment: Assessment | None,
    has_list: bool,
    orders: Sequence[Order] = (),
    convention: Convention | None = None,
    route: RouteChoice | None = None,
    consultation: Consultation | None = None,
) -> tuple[Step, ...]:
    """`orders` of the project, newest first, with their contract; `convention` and `route`: those that live;
    `consultation`: the newest that was not abandoned."""
    decided = _past(project, ProjectState.ASSESSED)
    frozen = has_list or _past(project, ProjectState.BUYING)
    bought = _past(project, ProjectState.RUNNING)
    if project.state == ProjectState.ABANDONED:
        return (
            Step("Décrire le besoin", "done", "Fait", _url("project_edit", project)),
            Step("Projet abandonné", "cancelled", project.closing_reason),
        )
    return (
        Step("Décrire le besoin", "done", "Fait", _url("project_edit", project)),
        _analysis(project, assessment=assessment, decided=decided),
        _offers(project, done=frozen, decided=decided),
        *_buying(
            project,
            orders=orders,
            convention=convention,
            route=route,
            consultation=consultation,
            done=bought,
            open_=decided and frozen,
        ),
        _following(project, orders, open_=bought),
    )


def _buying(
    project: Project,
    *,
    orders: Sequence[Order],
    convention: Convention | None,
    route: RouteChoice | None,
    consultation: Consultation | None,
    done: bool,
    open_: bool,
) -> Iterator[Step]:
    """A convention, or the route, the consultation where there is one, and the order."""
    if _is_internal(project):
        yield _convening(project, convention, open_=open_)
        return
    yield _routing(project, route, over=done or _live_order(orders) is not None, open_=open_)
    if consultation is not None or _must_consult(route):
        yield _consulting(project, consultation)
    yield _ordering(project, orders, done=done, open_=open_)


def next_step(
    project: Project,
    *,
    assessment: Assessment | None,
    has_list: bool,
    orders: Sequence[Order] = (),
    convention: Convention | None = None,
    route: RouteChoice | None = None,
    consultation: Consultation | None = None,
) -> NextStep | None:
    """None when nothing waits for the authors."""
    if project.state in (ProjectState.CLOSED, ProjectState.ABANDONED, ProjectState.RUNNING):
        return None
    if assessment is None or assessment.state == AssessmentState.DRAFT:
        return NextStep("Analyser la sensibilité", _url("project_assessment", project))
    if assessment.state == AssessmentState.AWAITING_OPINIONS and project.state == ProjectState.DRAFT:
        return NextStep(
            "Voir les avis et la décision",
            _url("project_assessment", project) + "?etape=4",
            "En attente des avis et de la décision de l’autorité qualifiée.",
        )
    if not has_list:
        return NextStep("Choisir les offres", _url("project_offers", project))
    if _is_internal(project):
        if convention is not None:
            return NextStep("Voir la convention", convention.get_absolute_url())
        return NextStep("Écrire la convention", _url("convention_write", project))
    if contract := _contract_of(orders):
        return NextStep("Voir le contrat", _contract_url(contract))
    if order := _live_order(orders):
        return NextStep("Voir le bon de commande", _order_url(order))
    return _next_of_route(project, route, consultation) or NextStep(
        "Commander", _url("order_create", project)
    )


def _next_of_route(
    project: Project, route: RouteChoice | None, consultation: Consultation | None
) -> NextStep | None:
    """None once what the route asks is done."""
    if route is None:
        return NextStep("Choisir la voie d’achat", _url("project_route", project))
    if route.state == RouteChoiceState.PROPOSED:
        return NextStep(
            "Voir la voie d’achat", _url("project_route", project), "Le service achats doit la confirmer."
        )
    if consultation is not None and consultation.state in LIVING_CONSULTATIONS:
        why = f"La consultation est à l’état « {consultation.get_state_display()} »."
        return NextStep("Voir la consultation", consultation.get_absolute_url(), why)
    if consultation is None and _must_consult(route):
        return NextStep("Consulter des fournisseurs", _url("consultation_begin", project))
    return None


def _must_consult(route: RouteChoice | None) -> bool:
    return route is not None and route.code in (ADAPTED, FORMALISED)


def _analysis(project: Project, *, assessment: Assessment | None, decided: bool) -> Step:
    url = _url("project_assessment", project)
    if decided:
        return Step("Analyser la sensibilité", "done", "Fait", f"{url}?etape=4")
    if assessment is not None and assessment.state == AssessmentState.AWAITING_OPINIONS:
        return Step("Analyser la sensibilité", "current", "Avis et décision attendus", f"{url}?etape=4")
    return Step("Analyser la sensibilité", "current", "À faire", url)


def _offers(project: Project, *, done: bool, decided: bool) -> Step:
    if done:
        return Step("Choisir les offres", "done", "Fait", _url("project_shortlist", project))
    return _step("Choisir les offres", project, "project_offers", done=False, open_=decided)


def _routing(project: Project, route: RouteChoice | None, *, over: bool, open_: bool) -> Step:
    label, url = "Choisir la voie d’achat", _url("project_route", project)
    if route is not None:
        side = "current" if route.state == RouteChoiceState.PROPOSED else "done"
        return Step(label, side, str(route.get_state_display()), url)
    if over:
        return Step(label, "done", "Dite au bon de commande", url)
    return _step(label, project, "project_route", done=False, open_=open_)


def _consulting(project: Project, consultation: Consultation | None) -> Step:
    if consultation is None:
        return Step("Consulter", "current", "À faire", _url("consultation_begin", project))
    side = "current" if consultation.state in LIVING_CONSULTATIONS else "done"
    if consultation.state in ENDED_STATES:
        side = "cancelled"
    return Step("Consulter", side, str(consultation.get_state_display()), consultation.get_absolute_url())


def _is_internal(project: Project) -> bool:
    """An internal State cloud takes a convention, without any order."""
    return project.hosting == Hosting.INTERNAL_CLOUD and project.organisation.kind in STATE_KINDS


def _convening(project: Project, convention: Convention | None, *, open_: bool) -> Step:
    if convention is None:
        return _step("Convention", project, "convention_write", done=False, open_=open_)
    side = "done" if convention.state == ConventionState.IN_FORCE else "current"
    return Step("Convention", side, str(convention.get_state_display()), convention.get_absolute_url())


def _ordering(project: Project, orders: Sequence[Order], *, done: bool, open_: bool) -> Step:
    order = _live_order(orders)
    if order is None:
        return _step("Commander", project, "order_create", done=done, open_=open_)
    if done or _contract_of(orders):
        return Step("Commander", "done", "Fait", _order_url(order))
    return Step("Commander", "current", str(order.get_state_display()), _order_url(order))


def _following(project: Project, orders: Sequence[Order], *, open_: bool) -> Step:
    contract, over = _contract_of(orders), project.state == ProjectState.CLOSED
    if contract is None:
        return _step("Suivre le contrat", project, "project", done=over, open_=open_)
    side, word = ("done", "Fait") if over else ("current", str(contract.get_state_display()))
    return Step("Suivre le contrat", side, word, _contract_url(contract))


def _live_order(orders: Sequence[Order]) -> Order | None:
    """The newest that neither side dropped."""
    return next((order for order in orders if order.state not in DROPPED), None)


def _contract_of(orders: Sequence[Order]) -> Contract | None:
    return next((order.contract for order in orders if hasattr(order, "contract")), None)


def _order_url(order: Order) -> str:
    return reverse("procurement:order", args=[order.number])


def _contract_url(contract: Contract) -> str:
    return reverse("procurement:contract", args=[contract.number])


def _step(label: str, project: Project, name: str, *, done: bool, open_: bool) -> Step:
    if done:
        return Step(label, "done", "Fait")
    if open_:
        return Step(label, "current", "À faire", _url(name, project))
    if project.state == ProjectState.DRAFT:
        return Step(label, "blocked", BLOCKED)
    return Step(label, "todo", "À venir")


def _past(project: Project, state: str) -> bool:
    return project.state != ProjectState.ABANDONED and RANK.index(project.state) >= RANK.index(state)


def _url(name: str, project: Project) -> str:
    return reverse(f"procurement:{name}", args=[project.number])
