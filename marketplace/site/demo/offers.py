"""Offers of the demonstration's suppliers, written as their editors would."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from catalog.actions.authoring import PlanInput, create_draft, save_plans
from catalog.enums import Origin, PriceKind, PricePeriod, Scheme, StackLayer, TrustStatus
from catalog.models import Offer, TrustMark
from catalog.stack import add_edge
from catalog.trust import add_mark, record_status
from marketplace.reference.releases import load_release
from marketplace.site.demo.acting import act
from marketplace.site.demo.prices import CAPACITY, MACHINES, ROOMS, SEATS, line

ANSWERS = Path(__file__).parent / "answers"
REGISTER = "Registre de démonstration (services fictifs)"
DECISION = "DEMO-0001"
MAIL_DECISION = "DEMO-0002"
LISTENING = "https://www.nuage.example/"


@dataclass(frozen=True, slots=True)
class DemoOffer:
    author: str
    name: str
    models: tuple[str, ...]
    category: str
    description: str
    plans: tuple[PlanInput, ...]
    regions: tuple[str, ...] = ("FR-Exempleville",)
    website: str = LISTENING
    open_source: bool | None = False
    more: dict[str, Any] = field(default_factory=dict)
    parts: tuple[str, ...] = ()

    def answers(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "service_models": list(self.models),
            "category": self.category,
            "description": self.description,
            "website": self.website,
            "open_source": self.open_source,
            "storage_regions": list(self.regions),
            "processing_regions": list(self.regions),
            "support_regions": list(self.regions),
            "non_eu_law": False,
            "exit_notice_months": Decimal(2),
            "exit_transition_days": 30,
            "exit_retrieval_days": 30,
            "exit_formats": "Images qcow2, fichiers S3, exports CSV et JSON documentés.",
            "availability_percent": Decimal("99.9"),
            "support_hours": "extended",
            "strong_authentication": True,
            "log_export": True,
            "documented_api": True,
            "data_processing_agreement": True,
            "accessibility": "partial",
            **{name: value for part in self.parts for name, value in written(part).items()},
            **self.more,
        }


def written(part: str) -> dict[str, Any]:
    """The plausible, fictitious answers of one kind of service."""
    return tomllib.loads((ANSWERS / f"{part}.toml").read_text(encoding="utf-8"))


OFFERS = {
    "souverain": DemoOffer(
        "redacteur@nuage.example",
        "Nuage Exemple Souverain",
        ("iaas",),
        "public-cloud",
        "Machines virtuelles et stockage objet en France, dans un périmètre qualifié (exemple fictif).",
        (MACHINES,),
        more={"customer_keys": "customer", "availability_percent": Decimal("99.95")},
        parts=("hosted", "iaas"),
    ),
    "standard": DemoOffer(
        "redacteur@nuage.example",
        "Nuage Exemple Standard",
        ("iaas", "caas", "paas"),
        "public-cloud",
        "Le même catalogue hors du périmètre qualifié, pour les données ordinaires (exemple fictif).",
        (MACHINES,),
        regions=("FR-Exempleville", "DE-Musterstadt"),
        open_source=True,
        parts=("hosted", "platform"),
    ),
    "messagerie": DemoOffer(
        "responsable@logiciels.example",
        "Messagerie Exemple",
        ("saas",),
        "messaging",
        "Courriel, agendas et contacts, sur une infrastructure qualifiée (exemple fictif).",
        SEATS,
        open_source=True,
        parts=("hosted", "saas"),
    ),
    "visio": DemoOffer(
        "responsable@logiciels.example",
        "Visio Exemple",
        ("saas",),
        "meetings",
        "Réunions à distance, enregistrement et sous-titres (exemple fictif).",
        ROOMS,
        more={"exit_notice_months": Decimal(4)},
    ),
    "archivage": DemoOffer(
        "responsable@logiciels.example",
        "Archivage Exemple",
        ("saas",),
        "files",
        "Versement, conservation et restitution de documents (exemple fictif).",
        CAPACITY,
    ),
    "plateforme": DemoOffer(
        "redacteur@nuage.example",
        "Plateforme Exemple",
        ("paas", "caas"),
        "application-platform",
        "Déploiement d’applications en conteneurs avec bases de données gérées (exemple fictif).",
        (PlanInput("Projet", "", (line("Projet", PriceKind.FIXED, "89.00"),)),),
        open_source=True,
    ),
    "mondial": DemoOffer(
        "responsable@hebergement.example",
        "Hébergement Mondial Fictif",
        ("iaas",),
        "public-cloud",
        "Machines virtuelles dans plusieurs pays, y compris hors d’Europe (exemple fictif).",
        (MACHINES,),
        regions=("FR-Exempleville", "US-Exampletown"),
        website="https://www.expire.example/",
        more={"non_eu_law": True, "exit_transition_days": 90, "exit_retrieval_days": 10},
    ),
    "lent": DemoOffer(
        "responsable@hebergement.example",
        "Stockage Lent Fictif",
        ("iaas",),
        "public-cloud",
        "Stockage froid dont le site met longtemps à répondre (exemple fictif).",
        CAPACITY,
        website="https://www.lent.example/",
    ),
    "coffre": DemoOffer(
        "responsable@logiciels.example",
        "Coffre Exemple",
        ("saas",),
        "files",
        "Dépôt et partage de pièces entre services (exemple fictif).",
        CAPACITY,
        more={"exit_transition_days": 60, "exit_transition_reason": "Volumes à restituer par lots."},
    ),
    "cartes": DemoOffer(
        "responsable@hebergement.example",
        "Cartographie Fictive",
        ("saas",),
        "business-software",
        "Cartes et couches métiers (exemple fictif).",
        CAPACITY,
        website="https://www.autre-nom.example/",
    ),
    "espace": DemoOffer(
        "redacteur@nuage.example",
        "Espace Exemple des mobilités",
        ("data_space",),
        "data",
        "Échange de données de transport entre collectivités et exploitants (exemple fictif).",
        (PlanInput("Participation", "", (line("Participation", PriceKind.FIXED, "240.00"),)),),
        open_source=True,
        parts=("hosted", "data_space"),
    ),
    "accompagnement": DemoOffer(
        "responsable@logiciels.example",
        "Accompagnement Exemple",
        ("support_services",),
        "collaboration",
        "Migration, formation et mise en accessibilité pour les services numériques (exemple fictif).",
        (PlanInput("Journée", "", (line("Journée", PriceKind.ONE_OFF, "820.00", period=PricePeriod.NONE),)),),
        open_source=None,
        parts=("accompaniment",),
    ),
    # The same service sold again: the curators are shown a likely duplicate, and a price far from the others.
    "revente": DemoOffer(
        "responsable@hebergement.example",
        "Nuage Exemple Standard revendu",
        ("iaas", "caas", "paas"),
        "public-cloud",
        "Le même catalogue hors du périmètre qualifié, revendu pour les données ordinaires (exemple fictif).",
        (MACHINES,),
        parts=("hosted", "platform"),
    ),
    "premium": DemoOffer(
        "responsable@hebergement.example",
        "Machines Premium Fictives",
        ("iaas",),
        "public-cloud",
        "Machines virtuelles réservées, avec un interlocuteur attitré (exemple fictif).",
        (PlanInput("Réservée", "", (line("Accès au service", PriceKind.FIXED, "980.00"),)),),
        parts=("hosted", "iaas"),
    ),
    "brouillon": DemoOffer(
        "responsable@hebergement.example",
        "Sauvegarde Fictive",
        ("saas",),
        "public-cloud",
        "Brouillon : la description reste à compléter (exemple fictif).",
        (),
    ),
}


def load_offers() -> dict[str, Offer]:
    """Drafts with their plans, marks and stack. The fictitious register is a release of its own."""
    _load_register()
    offers = {code: _write(offer) for code, offer in OFFERS.items()}
    _qualify(offers["souverain"], decision=DECISION, scope="Machines virtuelles et stockage objet")
    _qualify(
        offers["messagerie"], decision=MAIL_DECISION, scope="Messagerie, formule Complète et Essentielle"
    )
    _declare_hds(offers["souverain"])
    _seek(offers["plateforme"])
    _stack(offers)
    _suspend_label(offers["coffre"])
    return offers


def _write(offer: DemoOffer) -> Offer:
    actor = act(offer.author)
    draft = create_draft(actor=actor, answers=offer.answers())
    if offer.plans:
        save_plans(draft, actor=actor, plans=offer.plans)
    return draft


def _load_register() -> None:
    today = timezone.localdate()
    rows = [
        {
            "service": name,
            "provider": provider,
            "decision": decision,
            "status": "in_force",
            "valid_from": (today - dt.timedelta(days=300)).isoformat(),
            "valid_until": (today + dt.timedelta(days=795)).isoformat(),
        }
        for name, provider, decision in (
            ("Nuage Exemple Souverain", "Nuage Exemple SAS", DECISION),
            ("Messagerie Exemple", "Logiciels Exemple SARL", MAIL_DECISION),
        )
    ]
    load_release(
        "anssi_register_demo",
        edition=today.isoformat(),
        payload={"rows": rows},
        in_force_from=today,
        source=REGISTER,
        read_on=today,
    )


def _qualify(offer: Offer, *, decision: str, scope: str) -> None:
    """A fictitious qualification with its road: prepared, then granted."""
    curator, today = act("moderateur@operateur.example"), timezone.localdate()
    mark = add_mark(
        offer,
        actor=curator,
        effective_at=timezone.now() - dt.timedelta(days=720),
        scheme=Scheme.SECNUMCLOUD,
        scope=scope,
        regions=["FR-Exempleville"],
        status=TrustStatus.IN_PROGRESS,
        milestone="J0",
        issuer="ANSSI (démonstration)",
        origin=Origin.REGISTER,
        source=REGISTER,
        read_on=today,
    )
    record_status(
        mark,
        status=TrustStatus.IN_FORCE,
        actor=curator,
        effective_at=timezone.now() - dt.timedelta(days=300),
        issuer="ANSSI",
        act_reference=f"Décision fictive {decision}",
        act_date=today - dt.timedelta(days=300),
        decision_number=decision,
        milestone="",
        valid_from=today - dt.timedelta(days=300),
        valid_until=today + dt.timedelta(days=795),
    )


def _declare_hds(offer: Offer) -> TrustMark:
    today = timezone.localdate()
    return add_mark(
        offer,
        actor=act("redacteur@nuage.example"),
        effective_at=timezone.now() - dt.timedelta(days=200),
        scheme=Scheme.HDS,
        scope="Activités 1 à 4",
        status=TrustStatus.IN_FORCE,
        valid_from=today - dt.timedelta(days=200),
        valid_until=today + dt.timedelta(days=120),
        issuer="Certificateur fictif",
        origin=Origin.DECLARED,
        source="Déclaration du fournisseur (démonstration)",
    )


def _seek(offer: Offer) -> TrustMark:
    return add_mark(
        offer,
        actor=act("redacteur@nuage.example"),
        effective_at=timezone.now() - dt.timedelta(days=60),
        scheme=Scheme.SECNUMCLOUD,
        scope="Plateforme de conteneurs",
        status=TrustStatus.IN_PROGRESS,
        milestone="J1",
        issuer="ANSSI (démonstration)",
        origin=Origin.DECLARED,
        source="Déclaration du fournisseur (démonstration)",
    )


def _suspend_label(offer: Offer) -> None:
    """A fictitious label lost ten days ago: the sheet and the home page tell it."""
    curator, day = act("moderateur@operateur.example"), timezone.now() - dt.timedelta(days=10)
    mark = add_mark(
        offer,
        actor=curator,
        effective_at=day - dt.timedelta(days=400),
        scheme=Scheme.OTHER,
        label="Label fictif du partage sûr",
        status=TrustStatus.IN_FORCE,
        issuer="Organisme fictif",
        origin=Origin.REGISTER,
        source=REGISTER,
        read_on=timezone.localdate(),
    )
    record_status(
        mark,
        status=TrustStatus.SUSPENDED,
        actor=curator,
        effective_at=day,
        issuer="Organisme fictif",
        act_reference="Avis fictif 12",
        act_date=timezone.localdate(day),
        reason="Audit annuel non remis (démonstration).",
    )


def _stack(offers: dict[str, Offer]) -> None:
    software, cloud = act("responsable@logiciels.example"), act("redacteur@nuage.example")
    region = "FR-Exempleville"
    for code in ("messagerie", "archivage"):
        add_edge(
            offers[code], actor=software, base=offers["souverain"],
            layer=StackLayer.INFRASTRUCTURE, region=region, inherits=code == "messagerie",
        )  # fmt: skip
    for code in ("souverain", "standard"):
        add_edge(
            offers[code], actor=cloud, base_name="Centre de données d’Exempleville",
            layer=StackLayer.DATA_CENTRE, region=region, inherits=False,
        )  # fmt: skip
