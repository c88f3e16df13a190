"""Gaia-X in the demonstration: findings that we signed on one offer, and the presentation attached to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.models import Offer
from marketplace.devtools.gaiax_identities import NOTARY, SUPPLIER, Identity, known
from marketplace.leases import LeaseState
from marketplace.site.demo.acting import act
from qualification.attaching import attach
from qualification.gaiax.contexts import LOIRE, VC2
from qualification.gaiax.identity import vat_of_siren
from qualification.models import GaiaxVerification
from qualification.signing.issue import issue_for_offer
from qualification.signing.jwt import sign
from qualification.verifications import judge_with

MANAGER = "responsable@nuage.example"
# The Gaia-X text of terms and conditions that Loire names by its digest.
TERMS = "4bd7554097444c960292b4726c2efa1373485e8a5565d94d41195214c5e0ceb3"
ADDRESS = {"type": "gx:Address", "gx:countryCode": "FR"}


def load_gaiax(offers: dict[str, Offer]) -> None:
    """The presentation only where the demonstration's hosts are served: its keys are made there."""
    offer, manager = Offer.objects.for_sheet().get(pk=offers["souverain"].pk), act(MANAGER)
    issue_for_offer(offer, actor=manager)
    if not settings.GAIAX_ANCHORS_FILE:
        return
    people = known(Path(settings.GAIAX_ANCHORS_FILE).parent)
    if people:
        attach(_verified(offer, people), offer, actor=manager)


def _verified(offer: Offer, people: dict[str, Identity]) -> GaiaxVerification:
    """Judged here as a worker would, on the documents that the hosts publish."""
    organisation = offer.supplier.organisation
    assert organisation is not None
    text = json.dumps(_signed(offer, people))
    documents = {one.did: one.document() for one in people.values()}
    fetched: dict[str, Any] = {"did_documents": documents, "chains": {}, "status_lists": {}}
    return GaiaxVerification.objects.create(
        organisation=organisation,
        text=text,
        material=fetched,
        report=judge_with(text, fetched),
        lease_state=LeaseState.DONE,
        done_at=timezone.now(),
    )


def _signed(offer: Offer, people: dict[str, Identity]) -> list[str]:
    supplier = people[SUPPLIER]
    made: dict[str, dict[str, Any]] = {
        "numero": {"type": "gx:VatID", "gx:vatID": vat_of_siren(offer.supplier.identifier[:9])},
        "fournisseur": {
            "type": "gx:LegalPerson",
            "gx:registrationNumber": _link("numero"),
            "gx:headquartersAddress": ADDRESS,
            "gx:legalAddress": ADDRESS,
        },
        "conditions": {"type": "gx:Issuer", "gx:gaiaxTermsAndConditions": TERMS},
        "offre": {
            "type": "gx:ServiceOffering",
            "name": offer.name,
            "gx:providedBy": _link("fournisseur"),
            "serviceOfferingTermsAndConditions": {
                "type": "gx:TermsAndConditions",
                "url": f"https://{SUPPLIER}/conditions/",
                "gx:hash": "0" * 64,
            },
        },
    }
    return [
        _credential(name, subject, by=people[NOTARY] if name == "numero" else supplier)
        for name, subject in made.items()
    ]


def _link(name: str) -> dict[str, str]:
    return {"id": f"https://{SUPPLIER}/titres/{name}#sujet"}


def _credential(name: str, subject: dict[str, Any], *, by: Identity) -> str:
    start = timezone.now().replace(microsecond=0)
    document = {
        "@context": [VC2, LOIRE],
        "id": f"https://{SUPPLIER}/titres/{name}",
        "type": ["VerifiableCredential", subject["type"]],
        "issuer": by.did,
        "validFrom": start.isoformat(),
        "validUntil": start.replace(year=start.year + 1, day=min(start.day, 28)).isoformat(),
        "credentialSubject": {**_link(name), **subject},
    }
    return sign(document, key=by.key, did=by.did, method=by.method)
