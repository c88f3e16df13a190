"""What the demonstration's needs carry: a proof of search, a convention with an internal cloud, an R7 study,
a need shared and a group that signs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import Offer
from marketplace.site.demo.acting import act
from marketplace.site.demo.buying import open_project
from marketplace.site.demo.lacks import paper
from procurement.actions.projects import edit_project
from procurement.controls import actions as controls
from procurement.conventions import actions as conventions
from procurement.groups import forming, sharing
from procurement.models import Project
from procurement.search_proofs.actions import issue_latest

WRITER, OFFICER, DNUM = (f"{name}@ministere.example" for name in ("prescripteur", "ordonnateur", "dnum"))
AGENCY = "prescripteur@agence.example"


def load_needs(mail: Project) -> None:
    mail.refresh_from_db()
    edit_project(
        mail,
        actor=act(WRITER),
        users="2 500 agents, puis 2 900 (fictif).",
        criticality="high",
        least_zones=2,
        interoperability="IMAP, CalDAV, annuaire LDAP du ministère fictif.",
        exit_plan="Export des boîtes en format ouvert, 30 jours, sans frais (fictif).",
        exit_provision_eur_ht=Decimal("15000.00"),
        portability="Aucune adhérence : protocoles ouverts.",
        equivalents="Deux logiciels libres regardés ; l’offre choisie en reprend un (fictif).",
    )
    issue_latest(mail, actor=act(WRITER))
    _convention()
    _study()
    _group()


def _convention() -> None:
    """With the first internal cloud of the catalogue; nothing where none is loaded."""
    offer = Offer.objects.public().filter(is_internal_state=True).select_related("supplier").first()
    if offer is None:
        return
    project = open_project(
        "Intranet des services",
        "paas",
        "240000.00",
        description="Intranet de 4 000 agents, données ordinaires (fictif).",
        hosting="internal_cloud",
    )
    today = timezone.localdate()
    made = conventions.write_convention(
        project,
        actor=act(WRITER),
        offer=offer,
        provider="Service exploitant (démonstration)",
        subject="Hébergement de l’intranet, sauvegardes et astreinte (fictif).",
        starts_on=today,
        ends_on=today + dt.timedelta(days=700),
    )
    conventions.sign(made, actor=act(OFFICER), signed_on=today)
    conventions.countersign(
        made,
        actor=act(OFFICER),
        countersigned_on=today,
        document=_pdf("Convention d’hébergement", "DEMO-CNV-01"),
    )
    conventions.record_charge(
        made,
        actor=act("finances@ministere.example"),
        year=made.ends_on.year,
        expected_eur_ht=Decimal("48000.00"),
    )


def _study() -> None:
    """Sent to DINUM, whose acknowledgement came."""
    project = open_project(
        "Calcul sur site",
        "iaas",
        "1400000.00",
        description="Calcul intensif, gardé hors du cloud (fictif).",
        hosting="none",
    )
    made = controls.prepare(
        project,
        actor=act(WRITER),
        kind="study",
        title="Étude comparative",
        document=_pdf("Étude comparative des scénarios", "DEMO-R7-01"),
        economic="Trois scénarios sur cinq ans\u00a0; le site existant coûte moins (fictif).",
        legal="Aucun transfert de données hors du ministère (fictif).",
        business="Latence entre machines incompatible avec un service distant (fictif).",
        security="Réseau isolé, homologation en cours (fictif).",
    )
    today = timezone.localdate()
    controls.send(made, actor=act(DNUM), sent_on=today, reference="DEMO-ENVOI-01")
    controls.acknowledge(made, actor=act(DNUM), acknowledged_on=today)


def _group() -> None:
    """The agency shares its need; the ministry coordinates and has signed."""
    theirs = Project.objects.get(organisation=act(AGENCY).organisation, title="Réunions à distance")
    share = sharing.propose(
        theirs, actor=act(AGENCY), volume=Decimal(400), unit="postes", shown=["description"]
    )
    mine = open_project(
        "Visioconférence commune",
        "saas",
        "85000.00",
        description="Réunions à distance de plusieurs services (fictif).",
    )
    group = forming.create_group(
        mine,
        actor=act(WRITER),
        title="Visioconférence commune (démonstration)",
        unit="postes",
        volume=Decimal(1800),
    )
    member = forming.invite(group, actor=act(WRITER), share=share)
    forming.join(member, actor=act(AGENCY), volume=Decimal(450))
    group.refresh_from_db()
    forming.propose_convention(
        group, actor=act(WRITER), document=_pdf("Convention de groupement", "DEMO-GRP-01")
    )
    forming.sign(group.members.get(project=mine), actor=act(OFFICER))


def _pdf(title: str, reference: str) -> SimpleUploadedFile:
    return paper(title, reference, days=35)["document"]
