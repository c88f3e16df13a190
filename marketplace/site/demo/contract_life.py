"""A contract of the demonstration half-way: what was used month by month, its security, its exit prepared."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

from django.utils import timezone

from catalog.models import Offer
from marketplace.calendar_months import add_months
from marketplace.site.demo.acting import act
from marketplace.site.demo.buying import ORDINARY, advise, assess, open_project
from procurement.actions import orders, projects
from procurement.actions.order_drafts import create_order
from procurement.exit import actions as exits
from procurement.exit.checklist import answer
from procurement.models import Contract, PurchasingVehicle, UsageStatement
from procurement.register.owners import set_owners
from procurement.statements import serving, writing

WRITER, BUYER, FINANCE = (f"{name}@ministere.example" for name in ("prescripteur", "achats", "finances"))
SECURITY = "rssi@ministere.example"
SELLER = "responsable@logiciels.example"
MONTHS, SEATS = 5, 60
# As a supplier's own file comes: two lines of it say nothing usable.
FILE = "composant;quantite;ressource\nposte;41;Direction\nposte;quinze;Service A\npostes;4;Service B\n"


def load_contract_life(offers: dict[str, Offer]) -> None:
    contract = _contract(offers["messagerie"])
    set_owners(contract, actor=act(WRITER), emails=[WRITER, BUYER])
    stated = [_statement(contract, rank) for rank in range(MONTHS - 1)]
    for statement in stated:
        serving.submit(statement, actor=act(SELLER))
    for statement in stated[:-1]:
        serving.attest(statement, actor=act(WRITER), service_done_on=statement.ends_on)
    for statement in stated[:-2]:
        serving.certify(statement, actor=act(FINANCE))
    first, last = _month(contract, MONTHS - 1)
    writing.create_statement(
        contract,
        actor=act(SELLER),
        starts_on=first,
        ends_on=last,
        file=writing.UsageFile("usage-du-mois.csv", io.BytesIO(FILE.encode())),
    )
    _secured(contract)
    _leaving(contract)


def _contract(offer: Offer) -> Contract:
    """Signed today for a service that began months ago: its papers are dated, its story is not."""
    project = open_project(
        "Messagerie d’un établissement", "saas", "9000.00", description="Soixante agents, usage mesuré."
    )
    assess(project, ORDINARY)
    offer.refresh_from_db()
    projects.add_to_shortlist(project, actor=act(WRITER), offer=offer)
    start = add_months(timezone.localdate().replace(day=1), -MONTHS)
    order = create_order(
        project,
        actor=act(WRITER),
        offer=offer,
        plan="essentielle",
        quantities={"poste": Decimal(SEATS)},
        starts_on=start,
        ends_on=add_months(start, 12) - dt.timedelta(days=1),
        vehicle=PurchasingVehicle.objects.get(reference="DEMO-CLOUD-2026"),
        budget_line="Programme fictif 000, action 03",
        supplier_vat_regime="normal",
    )
    orders.request_opinions(order, actor=act(WRITER))
    advise(order)
    orders.approve(order, actor=act("valideur@ministere.example"))
    orders.commit(order, actor=act(FINANCE), commitment_number="1400000012")
    orders.send(order, actor=act(WRITER))
    orders.acknowledge(order, actor=act(SELLER))
    return Contract.objects.for_lists().get(order=order)


def _month(contract: Contract, rank: int) -> tuple[dt.date, dt.date]:
    first = add_months(contract.starts_on, rank)
    return first, add_months(first, 1) - dt.timedelta(days=1)


def _statement(contract: Contract, rank: int) -> UsageStatement:
    """A few seats fewer or more each month."""
    first, last = _month(contract, rank)
    rows = [("poste", Decimal(SEATS - 6 + 3 * rank))]
    return writing.create_statement(contract, actor=act(SELLER), starts_on=first, ends_on=last, rows=rows)


def _secured(contract: Contract) -> None:
    for code, outcome, note in (
        ("comptes", "done", "Quatre comptes nominatifs, second facteur exigé (fictif)."),
        ("localisation", "done", "Région unique, fixée par le fournisseur (fictif)."),
        ("reseau", "not_applicable", "Service logiciel : aucune ressource réseau à exposer."),
    ):
        answer(contract, actor=act(SECURITY), code=code, outcome=outcome, note=note)


def _leaving(contract: Contract) -> None:
    """Notice given a while ago; one export came back, another is awaited."""
    writer, today = act(WRITER), timezone.localdate()
    plan = exits.open_plan(
        contract, actor=writer, reason="L’établissement rejoint une offre mutualisée (fictif)."
    )
    exits.rehearse(
        plan,
        actor=writer,
        done_on=today - dt.timedelta(days=20),
        result="partial",
        note="Trois boîtes reprises en une heure ; les règles de tri manquent.",
    )
    exits.give_notice(plan, actor=writer, given_on=today - dt.timedelta(days=12))
    for label, form in (("Boîtes aux lettres", "MBOX"), ("Agendas", "iCalendar")):
        exits.request_export(plan, actor=writer, label=label, format=form)
    export = plan.exports.order_by("pk").first()
    if export is not None:
        exits.receive_export(export, actor=writer, received_on=today, sha256="3f" * 32, size=48_300_000_000)
