"""How the demonstration's ministry holds its purchases: its chain of approval, an absence covered, its
budgets (one near its ceiling), an order half signed, a contract being changed, a route confirmed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.site.demo.acting import act
from marketplace.site.demo.buying import advise, order_seats
from procurement.actions import orders
from procurement.amendments.actions import write_amendment
from procurement.approval.chains import StepTerms, create_chain
from procurement.approval.delegations import delegate
from procurement.approval.enums import Sensitivity
from procurement.budgets.lines import create_line
from procurement.models import BudgetLine, Commitment, Contract, Project, PurchasingVehicle
from procurement.routes import PurchaseFacts
from procurement.routes import actions as routes

WRITER, BUYER, FINANCE = (f"{name}@ministere.example" for name in ("prescripteur", "achats", "finances"))
# Of what is committed on the project: more than the 80 % at which an alert is told.
TOLD_FROM, ROUND = Decimal("0.82"), Decimal(1000)


def load_control(mail: Project, offers: dict[str, Offer]) -> None:
    vehicle = PurchasingVehicle.objects.get(reference="DEMO-CLOUD-2026")
    _route(mail, vehicle)
    _chain()
    _absence()
    line = _budgets(mail)
    _half_signed(mail, offers["messagerie"], vehicle=vehicle, line=line)
    write_amendment(
        Contract.objects.get(order__project=mail),
        actor=act(WRITER),
        kind="amendment",
        delta_eur_ht=Decimal("12000.00"),
        reason="Cent postes de plus pour un service rattaché (fictif).",
    )


def _route(mail: Project, vehicle: PurchasingVehicle) -> None:
    facts = PurchaseFacts(
        buyer_kind=mail.organisation.kind,
        value_eur_ht=Decimal("380000.00"),
        homogeneous_eur_ht=Decimal(0),
        is_innovative=False,
    )
    chosen = routes.choose(
        mail, actor=act(WRITER), key=f"vehicle:{vehicle.number}", facts=facts, on=timezone.localdate()
    )
    routes.confirm(chosen, actor=act(BUYER))


def _chain() -> None:
    create_chain(
        actor=act("admin@ministere.example"),
        valid_from=timezone.localdate(),
        steps=(
            StepTerms(Role.SECURITY_OFFICER, sensitivity=Sensitivity.SENSITIVE),
            StepTerms(Role.FINANCE, from_eur=Decimal("25000.00")),
            StepTerms(Role.APPROVER),
            StepTerms(Role.AUTHORISING_OFFICER, from_eur=Decimal("250000.00")),
        ),
    )


def _budgets(mail: Project) -> BudgetLine:
    """The project's envelope, near its ceiling, and a line of the year, which is given back."""
    taken = Commitment.objects.living().filter(project=mail).aggregate(total=Sum("amount_eur_ht"))["total"]
    ceiling = (taken / TOLD_FROM / ROUND).to_integral_value() * ROUND
    create_line(
        actor=act(FINANCE),
        kind="project",
        label="Messagerie des agents, toutes années (démonstration)",
        ceiling_eur=ceiling,
        basis="HT",
        source="Décision fictive du comité d’investissement",
        project=mail,
    )
    return create_line(
        actor=act(FINANCE),
        kind="line",
        label="Numérique, services en nuage (démonstration)",
        ceiling_eur=Decimal("500000.00"),
        basis="HT",
        source="Notification fictive des crédits",
        year=timezone.localdate().year,
    )


def _half_signed(mail: Project, offer: Offer, *, vehicle: PurchasingVehicle, line: BudgetLine) -> None:
    """Its first signature is given, the next one waits."""
    order = order_seats(mail, offer, seats=60, vehicle=vehicle, budget=line)
    orders.request_opinions(order, actor=act(WRITER))
    advise(order)
    orders.approve(order, actor=act("rssi@ministere.example"))


def _absence() -> None:
    """The authorising officer is away: the finance officer signs in the meantime."""
    today = timezone.localdate()
    delegate(
        actor=act("admin@ministere.example"),
        role=Role.AUTHORISING_OFFICER,
        giver=_person("ordonnateur@ministere.example"),
        holder=_person(FINANCE),
        starts_on=today,
        ends_on=today + dt.timedelta(days=14),
        reference="Arrêté fictif n° 12",
        reason="Congés",
    )


def _person(address: str) -> User:
    return User.objects.get(email=address)
