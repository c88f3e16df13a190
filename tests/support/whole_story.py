"""What both tellings of the whole story share: the cast, what each act says, the outcome to compare.

Need, assessment, route, consultation with three suppliers, opening, evaluation, award, order under it,
statement, invoice and payment, status lost, exit; then what was published.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from catalog.models import Offer
from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.accounts.models import Membership, Organisation
from procurement.models import (
    Award,
    Consultation,
    Contract,
    ExitPlan,
    Invoice,
    Order,
    Project,
    Publication,
    RouteChoice,
    UsageStatement,
)
from tests.builders import fictitious_siret, make_member, make_organisation
from tests.procurement.order_builders import make_offer
from tests.procurement.publication.publication_facts import decp_errors, ocds_errors

SUPPLIERS = ("Nuage Exemple A", "Nuage Exemple B", "Nuage Exemple C")
# A month of one seat: the cheapest is the best ranked, all else being equal.
PRICES = {"Nuage Exemple A": "8.00", "Nuage Exemple B": "9.50", "Nuage Exemple C": "12.00"}
WINNER = SUPPLIERS[0]
SIRETS = {name: fictitious_siret(7_200 + rank) for rank, name in enumerate(SUPPLIERS)}
SEATS = "10"
EXPORT_HASH = "0" * 64
ESTIMATE = "100000.00"
CRITERIA = [
    {"kind": "price", "label": "Prix", "weight": 50},
    {"kind": "quality", "label": "Valeur technique", "weight": 35},
    {"kind": "environment", "label": "Consommation d’énergie", "weight": 15},
]
LOTS = [
    {
        "title": "Messagerie",
        "price_items": [{"label": "Poste", "unit": "poste et mois", "quantity": "10000", "is_usage": False}],
    }
]
BUYER_ROLES = (
    Role.REQUESTER,
    Role.SECURITY_OFFICER,
    Role.DATA_OFFICER,
    Role.QUALIFIED_AUTHORITY,
    Role.APPROVER,
    Role.PURCHASING,
    Role.FINANCE,
)


@dataclass
class Cast:
    """One member a role on the buyer's side, a second one for finance, three holders of a secret, and who
    signs for each supplier. The winner's offer is listed, with SecNumCloud in force."""

    members: dict[str, Membership]
    certifier: Membership
    holders: list[Membership]
    managers: dict[str, Membership]
    offer: Offer

    @classmethod
    def gathered(cls) -> Cast:
        buyer = make_organisation(
            kind=OrganisationKind.STATE, name="Ministère du récit", identifier=fictitious_siret(7_100)
        )
        members = {role: _engaged(buyer, role) for role in BUYER_ROLES}
        operator = make_organisation(kind=OrganisationKind.OPERATOR)
        members[Role.CURATOR] = make_member(Role.CURATOR, organisation=operator)
        managers, offers = {}, {}
        for name in SUPPLIERS:
            offers[name], managers[name] = _supplier(name)
        holders = [make_member(Role.FINANCE, organisation=buyer) for _ in range(3)]
        return cls(members, make_member(Role.FINANCE, organisation=buyer), holders, managers, offers[WINNER])

    def __getitem__(self, role: str) -> Membership:
        return self.members[role]


def _engaged(buyer: Organisation, role: str) -> Membership:
    values = {"ceiling_eur": Decimal("500000.00")} if role == Role.APPROVER else {}
    return make_member(role, organisation=buyer, **values)


def _supplier(name: str) -> tuple[Offer, Membership]:
    organisation = make_organisation(kind=OrganisationKind.SUPPLIER, name=name)
    offer = make_offer(
        organisation=organisation,
        service_models=["saas"],
        regions=["FR"],
        answers={
            "non_eu_law": False, "data_processing_agreement": True, "exit_notice_months": "2",
            "exit_retrieval_days": 30,
        },
        trust={"secnumcloud": "in_force"},
    )  # fmt: skip
    supplier = offer.supplier
    supplier.name, supplier.identifier_scheme, supplier.identifier = name, "SIRET", SIRETS[name]
    supplier.save(update_fields=["name", "identifier_scheme", "identifier"])
    return offer, make_member(Role.SUPPLIER_MANAGER, organisation=organisation)


def certificate(kind: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{kind}.txt", f"Certificat {kind} d’essai.".encode())


def sent_notice() -> dict[str, Any]:
    """What the service achats sent outside, and records."""
    return {"medium": "boamp", "reference": "26-1", "sent_on": timezone.localdate().isoformat()}


def published_answers() -> dict[str, Any]:
    """What the service achats adds to the draft of the contract's essential data."""
    return {
        "cpv": "72416000", "nature": "Marché", "procedure": "Procédure adaptée",
        "techniques": ["Sans objet"], "execution_modes": ["Sans objet"], "offers_received": 3,
        "grouping": "Pas de groupement", "subcontracting": False, "holder_is_person": False,
        "place_kind": "Code département", "place_code": "75", "price_form": "Unitaire",
        "price_types": ["Définitif révisable"], "advance": False, "innovative": False,
        "ccag": "Techniques de l'information et de la communication",
        "holders": [{"scheme": "SIRET", "id": SIRETS[WINNER]}],
        "social": ["Pas de considération sociale"], "environmental": ["Critère environnemental"],
    }  # fmt: skip


def today() -> str:
    return timezone.localdate().isoformat()


def in_days(days: int) -> str:
    return (timezone.localdate() + dt.timedelta(days=days)).isoformat()


def outcome() -> dict[str, Any]:
    """What the story left behind, told without keys or dates: the same by pages and by API."""
    consultation, award, order = Consultation.objects.get(), Award.objects.get(), Order.objects.get()
    contract, invoice = Contract.objects.get(), Invoice.objects.get()
    published = Publication.objects.get()
    return {
        "project": Project.objects.get().state,
        "route": RouteChoice.objects.get().state,
        "consultation": (consultation.state, consultation.deposits.count()),
        "ranking": [row["supplier"] for row in consultation.evaluation.standings[0]["responses"]],
        "award": (award.state, award.supplier.name, award.amount_eur_ht),
        "letters": sorted(award.letters.values_list("response__deposit__supplier__name", flat=True)),
        "order": (order.state, order.vehicle == award.vehicle, order.total_eur_ht),
        "statement": UsageStatement.objects.get().state,
        "invoice": (invoice.state, invoice.total_eur_ttc),
        "paid": sum(payment.amount_eur_ttc for payment in invoice.payments.all()),
        "reviews": sorted(contract.reviews.values_list("kind", "status")),
        "exit": ExitPlan.objects.get().state,
        "publication": (published.state, published.decp["montant"]),
    }


# Both tellings end here.
OUTCOME = {
    "project": "buying",
    "route": "confirmed",
    "consultation": ("awarded", 3),
    "ranking": list(SUPPLIERS),
    "award": ("notified", WINNER, Decimal("80000.00")),
    "letters": list(SUPPLIERS[1:]),
    "order": ("acknowledged", True, Decimal("1200.00")),
    "statement": "certified",
    "invoice": ("paid", Decimal("120.00")),
    "paid": Decimal("120.00"),
    "reviews": [("exit_clause", "withdrawn")],
    "exit": "closed",
    "publication": ("published", 80000.0),
}


class Telling(Protocol):
    def need(self) -> None: ...
    def consultation(self) -> None: ...
    def answer(self, supplier: str) -> None: ...
    def opening(self) -> None: ...
    def evaluation(self) -> None: ...
    def award(self) -> None: ...
    def order(self) -> None: ...
    def statement(self) -> None: ...
    def invoice(self) -> None: ...
    def publication(self) -> None: ...
    def loss(self) -> None: ...
    def exit(self) -> None: ...


def told(telling: Telling) -> None:
    """From the need to the exit, in the only order there is."""
    telling.need()
    telling.consultation()
    for supplier in SUPPLIERS:
        telling.answer(supplier)
    telling.opening()
    telling.evaluation()
    telling.award()
    telling.order()
    telling.statement()
    telling.invoice()
    telling.publication()
    telling.loss()
    telling.exit()


def differences() -> dict[str, Any]:
    """What the story left behind that it should not have; empty when both tellings end alike."""
    return {name: said for name, said in outcome().items() if said != OUTCOME[name]}


def judged(shared: Path) -> None:
    """As anybody reads it."""
    anybody, ocid = APIClient(), Publication.objects.get().ocid
    export = anybody.get("/api/v1/publication/decp/")
    (contract,) = json.loads(b"".join(export.streaming_content))["marches"]["marche"]
    assert decp_errors(shared, contract) == [] and contract["offresRecues"] == 3
    package = anybody.get("/api/v1/publication/ocds/releases/").json()
    assert ocds_errors(shared, "release-package", package) == []
    record = anybody.get(f"/api/v1/publication/ocds/records/{ocid}/").json()
    assert ocds_errors(shared, "record-package", record) == []
    compiled = record["records"][0]["compiledRelease"]
    assert compiled["tender"]["numberOfTenderers"] == 3 and len(compiled["awards"]) == 1
