"""What both tellings of the main job share: the cast, the offer, the outcome to compare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.accounts.models import Membership, Organisation
from marketplace.devtools.tls_sites import DEMO_SITES, TlsSites
from marketplace.events.bus import consume
from marketplace.events.models import EventDelivery
from marketplace.leases import LeaseState
from marketplace.notifications.models import Notification
from procurement.models import Contract, Order
from qualification.models import Dossier
from qualification.pipeline import run_check
from tests.builders import make_member, make_organisation

CHECKED_SUPPLIER = {"name": "Nuage Exemple SAS", "identifier": "000001016"}
PLAN = {
    "name": "Essentielle",
    "description": "",
    "lines": [
        {"label": "Poste", "kind": "unit", "unit": "poste", "period": "month", "amount_eur_ht": "3.90"},
        {"label": "Mise en service", "kind": "one_off", "period": "none", "amount_eur_ht": "1500.00"},
    ],
}
ANSWERS: dict[str, Any] = {
    "name": "Messagerie du récit",
    "service_models": ["saas"],
    "category": "messaging",
    "description": "Courriel et agendas d’une administration.",
    "website": "https://www.nuage.example/",
    "storage_regions": ["FR-Exempleville"],
    "processing_regions": ["FR-Exempleville"],
    "non_eu_law": False,
    "exit_notice_months": "2",
    "exit_transition_days": 30,
    "exit_retrieval_days": 30,
    "exit_formats": "Fichiers mbox et iCalendar.",
    "accessibility": "partial",
    "data_processing_agreement": True,
}
# The decision that the demonstration's register of the ANSSI holds.
DECISION = "DEMO-RECIT"
VEHICLE = {
    "kind": "central_purchasing",
    "title": "Services en nuage",
    "reference": "RECIT-1",
    "holder_name": "Centrale fictive",
    "maximum_eur": "500000.00",
}
BUYER_ROLES = (
    Role.REQUESTER,
    Role.SECURITY_OFFICER,
    Role.DATA_OFFICER,
    Role.QUALIFIED_AUTHORITY,
    Role.APPROVER,
    Role.PURCHASING,
    Role.FINANCE,
)
OPERATOR_ROLES = (Role.CURATOR, Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER)


@dataclass
class Cast:
    """One member per role; the supplier is the one the embedded register knows."""

    members: dict[str, Membership] = field(default_factory=dict)

    @classmethod
    def gathered(cls) -> Cast:
        cast = cls()
        buyer = make_organisation(kind=OrganisationKind.STATE, name="Ministère du récit")
        supplier = make_organisation(kind=OrganisationKind.SUPPLIER, **CHECKED_SUPPLIER)
        operator = make_organisation(kind=OrganisationKind.OPERATOR)
        cast._engage(buyer, BUYER_ROLES)
        cast._engage(supplier, (Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER))
        cast._engage(operator, OPERATOR_ROLES)
        return cast

    def _engage(self, organisation: Organisation, roles: tuple[str, ...]) -> None:
        for role in roles:
            values = {"ceiling_eur": Decimal("500000.00")} if role == Role.APPROVER else {}
            self.members[role] = make_member(role, organisation=organisation, **values)

    def __getitem__(self, role: str) -> Membership:
        return self.members[role]


@contextmanager
def the_supplier_site(settings: Any, folder: Path) -> Iterator[None]:
    """The supplier's web site over TLS on the loopback, known to the fetcher."""
    with TlsSites(DEMO_SITES, folder=folder) as sites:
        settings.DEMO_HOSTS = {site.host: f"127.0.0.1:{sites.port}" for site in DEMO_SITES}
        settings.DEMO_CA_FILE = str(sites.ca_file)
        yield


def load_reference() -> None:
    call_command("load_reference", verbosity=0)


def work() -> None:
    """What the workers do: every check and every delivery that is due."""
    for dossier in Dossier.objects.filter(state="checking"):
        for pk in dossier.runs.values_list("pk", flat=True):
            run_check(pk)
    for pk in EventDelivery.objects.filter(lease_state=LeaseState.DUE).values_list("pk", flat=True):
        consume(pk)


def in_days(days: int) -> dt.date:
    return timezone.localdate() + dt.timedelta(days=days)


def outcome(cast: Cast) -> dict[str, Any]:
    """What the job left behind, told without keys or dates: the same by pages and by API."""
    offer = Offer.objects.get(name=ANSWERS["name"])
    order, contract = Order.objects.get(), Contract.objects.get()
    dossier = Dossier.objects.get(offer=offer)
    told = Notification.objects.filter(key__startswith="status_loss:").values_list("user_id", flat=True)
    return {
        "offer": offer.state,
        "dossier": (dossier.state, dossier.outcome, dossier.round),
        "verdicts": sorted(dossier.runs.filter(round=dossier.round).values_list("check_code", "verdict")),
        "project": order.project.state,
        "order": (order.state, order.total_eur_ht, order.vat_eur, order.total_eur_ttc),
        "opinions": sorted(order.opinions.values_list("kind", "verdict")),
        "lines": sorted(order.lines.values_list("quantity", "total_eur_ht")),
        "contract": contract.state,
        "reviews": sorted(contract.reviews.values_list("kind", "status")),
        "trust": sorted(offer.effective_trust.values_list("scheme", "status")),
        "origins": sorted(offer.trust_marks.values_list("scheme", "origin")),
        "facts": list(offer.trust_marks.get().facts.order_by("pk").values_list("status", "origin")),
        "told": sorted(str(role) for role, member in cast.members.items() if member.user_id in set(told)),
    }


# What is not asked of a first sheet is unknown, never held against it.
VERDICTS = [
    ("accessibility_statement", "unknown"),
    ("anssi_register", "unknown"),
    ("api_description", "unknown"),
    ("certificates", "pass"),
    ("contract_clauses", "unknown"),
    ("did_web", "pass"),
    ("dnssec_caa", "unknown"),
    ("documents", "pass"),
    ("environment", "unknown"),
    ("exit_terms", "pass"),
    ("export_sample", "unknown"),
    ("gaiax_credential", "unknown"),
    ("hds_register", "pass"),
    ("identifiers", "pass"),
    ("immunity", "unknown"),
    ("legal_activity", "pass"),
    ("legal_identity", "pass"),
    ("mail_auth", "unknown"),
    ("prices", "pass"),
    ("regions", "pass"),
    ("security_drill", "unknown"),
    ("security_txt", "pass"),
    ("stack_in_force", "unknown"),
    ("status_page", "unknown"),
    ("subprocessors", "unknown"),
    ("tls_versions", "pass"),
    ("trust_marks", "pass"),
    ("web_headers", "pass"),
    ("website_tls", "pass"),
]
# Both tellings end here.
OUTCOME = {
    "offer": "listed",
    "dossier": ("decided", "listed", 2),
    "verdicts": VERDICTS,
    "project": "buying",
    "order": ("acknowledged", Decimal("13200.00"), Decimal("2640.00"), Decimal("15840.00")),
    "opinions": [("dpo", "favourable"), ("rssi", "unfavourable")],
    "lines": [(Decimal("1.000"), Decimal("1500.00")), (Decimal("250.000"), Decimal("11700.00"))],
    "contract": "active",
    "reviews": [("review", "suspended")],
    "trust": [("secnumcloud", "suspended")],
    # Declared, found in the register when listed, suspended on the ANSSI's act.
    "origins": [("secnumcloud", "verified")],
    "facts": [("in_force", "declared"), ("in_force", "verified"), ("suspended", "register")],
    "told": ["approver", "requester", "supplier_manager"],
}
