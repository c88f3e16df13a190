"""What an application says: prefilled from the offer and its dossier, frozen when it is sent."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils import timezone

from catalog.countries import place_words
from catalog.enums import ServiceModel
from catalog.models import Offer, Supplier
from catalog.questions.conditions import effective
from qualification.coverage.gather import coverage_facts, coverages
from qualification.models import Dossier
from qualification.programmes.eligibility import ApplicantFacts, Condition, conditions
from qualification.programmes.facts import Programme
from qualification.programmes.models import ProgrammeApplication
from qualification.schemes import current_edition

WRITTEN = (
    "summary",
    "work_plan",
    "difficulties",
    "contact_email",
    "planned_months",
    "planned_cost_eur_ht",
    "shares_evidence",
)


def applicant_facts(offer: Offer) -> ApplicantFacts:
    """The newest version's models. One query; the offer comes with its supplier."""
    supplier: Supplier = offer.supplier
    organisation = supplier.organisation
    verified = organisation is not None and organisation.state == "verified"
    return ApplicantFacts(supplier.size, tuple(_answers(offer).get("service_models") or ()), verified)


def conditions_of(programme: Programme, offer: Offer) -> tuple[Condition, ...]:
    return conditions(programme, applicant_facts(offer))


def prefilled(offer: Offer) -> dict[str, Any]:
    """The first words of a draft: what the offer says already."""
    return {"summary": str(_answers(offer).get("description") or "")[:5000]}


def told_by_offer(offer: Offer) -> list[list[str | None]]:
    """Facts that the applicant does not type again: (label, value), None is unknown."""
    answers, supplier = _answers(offer), offer.supplier
    coverage = coverages(coverage_facts(offer, on=timezone.localdate()), [current_edition("secnumcloud")])[0]
    regions = answers.get("storage_regions")
    dossier = Dossier.objects.filter(offer=offer).exclude(state="draft").order_by("-pk").first()
    told: dict[str, str | None] = {
        "Entreprise": supplier.legal_name or supplier.name,
        "Identifiant": f"{supplier.identifier_scheme} {supplier.identifier}".strip() or None,
        "Taille déclarée": supplier.get_size_display() or None,
        "Offre": offer.name,
        "Modèles": ", ".join(str(ServiceModel(code).label) for code in answers.get("service_models") or ())
        or None,
        "Lieux des données": ", ".join(place_words(code) for code in regions) if regions else None,
        "Socles": ", ".join(_bases(offer)) or None,
        "Préparation SecNumCloud": (
            f"{coverage.counts['covered']} exigences couvertes, {coverage.counts['partly']} en partie, "
            f"{coverage.counts['not_covered']} non couvertes, {coverage.counts['unknown']} sans réponse"
        ),
        "Dossier de référencement": f"{dossier.number}, {dossier.get_state_display()}" if dossier else None,
    }
    return [[label, value] for label, value in told.items()]


def frozen_content(application: ProgrammeApplication) -> dict[str, Any]:
    """Everything that is sent. Amounts are text, dates ISO."""
    call, offer = application.call, application.offer
    return {
        "number": application.number,
        "call": call.number,
        "programme": call.programme_code,
        "organisation": application.organisation.name,
        "identifier": application.organisation.identifier,
        "offer": str(offer.uuid),
        "written": {name: _plain(getattr(application, name)) for name in WRITTEN},
        "from_offer": told_by_offer(offer),
        "conditions": [
            {"code": each.code, "verdict": str(each.verdict), "message": each.message}
            for each in conditions_of(call.programme, offer)
        ],
    }


def receipt_bytes(content: dict[str, Any]) -> bytes:
    """The file whose digest the receipt names: same content, same bytes."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode()


def digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(receipt_bytes(content)).hexdigest()


def _answers(offer: Offer) -> dict[str, Any]:
    version = offer.shown_for_edit
    return effective(version.answers) if version is not None else {}


def _bases(offer: Offer) -> list[str]:
    edges = offer.stack_edges.select_related("base")
    return [edge.base.name if edge.base is not None else edge.base_name for edge in edges]


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)
