"""A draft Loire description of an offer: the credentials its supplier will complete and sign. Pure.

Nothing is invented: what is not known is left out and named. Source: Loire shapes (Architecture 24.04).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from qualification.gaiax.contexts import LOIRE, VC2
from qualification.gaiax.did import PREFIX

TERMS = "4bd7554097444c960292b4726c2efa1373485e8a5565d94d41195214c5e0ceb3"
TO_COMPLETE = f"{PREFIX}domaine-a-completer.example"


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """``host``: the supplier's, of its site. ``terms``: (address, SHA-256 in hexadecimal) of its conditions.
    ``exports``: media types of what a customer may take away; ``request``: how it is asked for, « API » or
    « webform »."""

    offer: str
    description: str
    host: str
    country: str
    siren: str
    vat: str
    local: str
    terms: tuple[str, str] | None
    regime: bool
    request: str
    exports: tuple[str, ...]
    keywords: tuple[str, ...]
    on: dt.date


@dataclass(frozen=True, slots=True)
class Draft:
    """``credentials``: unsigned, in the order to sign. ``missing``: what to complete, in French."""

    credentials: tuple[dict[str, Any], ...]
    missing: tuple[str, ...]


def draft(facts: DraftFacts) -> Draft:
    issuer = f"{PREFIX}{facts.host}" if facts.host else TO_COMPLETE
    base = f"https://{issuer.removeprefix(PREFIX)}/gaia-x"
    parts = {
        "immatriculation": _number(facts),
        "fournisseur": _person(facts, base),
        "conditions": {"type": "gx:Issuer", "gx:gaiaxTermsAndConditions": TERMS},
        "offre": _offering(facts, base),
    }
    credentials = tuple(
        _credential(name, subject, issuer=issuer, base=base, on=facts.on)
        for name, subject in parts.items()
        if subject is not None
    )
    return Draft(credentials, tuple(_missing(facts)))


def _credential(name: str, subject: dict[str, Any], *, issuer: str, base: str, on: dt.date) -> dict[str, Any]:
    return {
        "@context": [VC2, LOIRE],
        "id": f"{base}/{name}.json",
        "type": ["VerifiableCredential", subject["type"]],
        "issuer": issuer,
        "validFrom": f"{on.isoformat()}T00:00:00Z",
        "validUntil": f"{(on + dt.timedelta(days=365)).isoformat()}T00:00:00Z",
        "credentialSubject": {"id": f"{base}/{name}.json#sujet", **subject},
    }


def _number(facts: DraftFacts) -> dict[str, Any] | None:
    """To be asked of a notary: the supplier may not vouch for it itself."""
    if facts.vat:
        return {"type": "gx:VatID", "gx:vatID": facts.vat, "gx:countryCode": facts.country}
    if facts.siren or facts.local:
        return {"type": "gx:LocalRegistrationNumber", "gx:local": facts.siren or facts.local}
    return None


def _person(facts: DraftFacts, base: str) -> dict[str, Any]:
    address = {"type": "gx:Address", "gx:countryCode": facts.country}
    person: dict[str, Any] = {
        "type": "gx:LegalPerson",
        "gx:headquartersAddress": address,
        "gx:legalAddress": address,
    }
    if _number(facts) is not None:
        person["gx:registrationNumber"] = {"id": f"{base}/immatriculation.json#sujet"}
    return person


def _offering(facts: DraftFacts, base: str) -> dict[str, Any]:
    offering: dict[str, Any] = {
        "type": "gx:ServiceOffering",
        "name": facts.offer,
        "gx:providedBy": {"id": f"{base}/fournisseur.json#sujet"},
    }
    if facts.description:
        offering["description"] = facts.description
    if facts.terms is not None:
        url, sha256 = facts.terms
        offering["serviceOfferingTermsAndConditions"] = {
            "type": "gx:TermsAndConditions",
            "url": url,
            "gx:hash": sha256,
        }
    if facts.regime:
        offering["gx:dataProtectionRegime"] = "GDPR2016"
    if facts.keywords:
        offering["gx:keyword"] = list(facts.keywords)
    if facts.exports and facts.request:
        offering["dataAccountExport"] = {
            "type": "gx:DataAccountExport",
            "gx:requestType": facts.request,
            "gx:accessType": "digital",
            "gx:formatType": facts.exports[0],
        }
    return offering


def _missing(facts: DraftFacts) -> list[str]:
    found = [] if facts.host else ["Le site du fournisseur : son domaine fait son did:web."]
    if _number(facts) is None:
        found.append("Le numéro d’immatriculation : identifiez votre organisation.")
    if facts.terms is None:
        found.append("Les conditions générales : joignez-les à l’offre (rubrique « Contrat »).")
    if not facts.country:
        found.append("Le pays du siège : répondez à la question « Siège ».")
    if _number(facts) is not None:
        found.append("Le titre d’immatriculation est à demander à un notaire Gaia-X, qui le signe.")
    found.append("Les adresses : complétez la ville et le code postal si vous voulez les dire.")
    return found
