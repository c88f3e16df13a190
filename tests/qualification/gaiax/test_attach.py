"""A verified presentation on the offer it describes: whose, on which anchors, what label, what drifted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Offer, Supplier
from qualification.attaching import attach
from qualification.gaiax.drift import drift
from qualification.gaiax.material import CONFIGURED, Material
from qualification.gaiax.verify import verify
from qualification.models import GaiaxVerification, OfferCredential
from tests.builders import client_for, make_member
from tests.qualification import builders
from tests.qualification.gaiax import vectors
from tests.qualification.gaiax.vectors import NOW, Bundle, signer
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
HOUSE = "did:web:chambre.example"
# That of the vectors' provider: VAT number FR00123456789.
SIREN = "123456789"


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def offer(people):
    return listed_offer(people)


def listed_offer(people: Any) -> Offer:
    made = builders.make_dossier(people, upto="decided", outcome="listed").offer
    Supplier.objects.filter(pk=made.supplier_id).update(
        identifier_scheme="SIREN", identifier=SIREN, identity_checked_at=timezone.now()
    )
    return Offer.objects.for_sheet().get(pk=made.pk)


def bundle_of(name: str = "Nuage Exemple", *, level: str = "") -> Bundle:
    bundle = Bundle.of("loire")
    bundle.credentials["offer"]["credentialSubject"]["name"] = name
    if level:
        house = signer(HOUSE)
        bundle.signers[HOUSE], bundle.documents[HOUSE] = house, house.document()
        covered = bundle.credentials["offer"]
        body = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        label = vectors.loire("label", {"type": "gx:LabelCredential"}, by=HOUSE)
        label["credentialSubject"] |= {
            "gx:labelLevel": level,
            "gx:engineVersion": "1",
            "gx:rulesVersion": "24.11",
            "gx:validatedCriteria": "P1.1.1",
            "compliantCredentials": {
                "id": covered["id"],
                "type": "gx:CompliantCredential",
                "gx:credentialType": "gx:ServiceOffering",
                "cred:digestSRI": f"sha256-{hashlib.sha256(body.encode()).hexdigest()}",
            },
        }
        bundle.credentials["label"] = label
    return bundle


def judged(people: Any, bundle: Bundle, *, origin: str = CONFIGURED) -> GaiaxVerification:
    text = bundle.text()
    material = dataclasses.replace(bundle.material, origin=origin)
    report = verify(text, material, now=NOW).as_dict()
    return GaiaxVerification.objects.create(
        organisation=people.supplier, text=text, report=report, lease_state="done", done_at=NOW
    )


def post(people: Any, row: GaiaxVerification, offer: Offer) -> Any:
    url = f"/api/v1/gaiax/verifications/{row.uuid}/attach/"
    return client_for_token(people.manager).post(url, {"offer": str(offer.uuid)}, format="json")


def levels(offer: Offer) -> Any:
    return client_for_token(None).get(f"/api/v1/gaiax/labels/{offer.uuid}/").json()


def test_a_label_of_a_recognised_house_is_shown_as_issued(people, offer, settings):
    settings.GAIAX_CLEARING_HOUSES = [HOUSE]
    row = judged(people, bundle_of(level="L1"))
    assert row.is_passed, row.report["checks"]
    answer = post(people, row, offer)
    assert (answer.status_code, answer.json()["level"], answer.json()["issuer"]) == (200, "L1", HOUSE)
    page = client_for(None).get(f"{offer.get_absolute_url()}labels-gaia-x/").content.decode()
    issued = page.split("Niveau délivré par un tiers")[1]
    assert "Gaia-X L1 délivré" in issued and HOUSE in issued
    assert (levels(offer)["credential"]["level"], levels(offer)["reached"]) == ("L1", [])


def test_a_label_of_an_unknown_house_is_no_badge(people, offer):
    answer = post(people, judged(people, bundle_of(level="L1")), offer)
    assert (answer.status_code, answer.json()["level"]) == (200, "")
    page = client_for(None).get(f"{offer.get_absolute_url()}labels-gaia-x/").content.decode()
    assert "délivré</span>" not in page
    assert "Description Gaia-X signée par le fournisseur, vérifiée par nous" in page


@pytest.mark.parametrize("origin", ["supplied", "none"])
def test_a_verdict_on_other_anchors_is_never_attached(people, offer, origin):
    answer = post(people, judged(people, bundle_of(), origin=origin), offer)
    assert (answer.status_code, answer.json()["code"]) == (400, "anchors_not_ours")
    assert not OfferCredential.objects.exists()


def test_a_presentation_that_does_not_pass_is_not_attached(people, offer):
    bundle = bundle_of()
    bundle.anchors = vectors.anchors("Une autre autorité")
    assert post(people, judged(people, bundle), offer).json()["code"] == "not_passed"


def test_the_registration_number_is_the_verified_suppliers_own(people, offer):
    row = judged(people, bundle_of())
    Supplier.objects.filter(pk=offer.supplier_id).update(identifier="987654321")
    assert post(people, row, offer).json()["code"] == "number_differs"
    Supplier.objects.filter(pk=offer.supplier_id).update(identifier=SIREN, identity_checked_at=None)
    assert post(people, row, offer).json()["code"] == "identity_not_verified"
    Supplier.objects.filter(pk=offer.supplier_id).update(identity_checked_at=timezone.now())
    assert post(people, row, offer).status_code == 200
    # Shown no more once the offer belongs to somebody whose number is another.
    Supplier.objects.filter(pk=offer.supplier_id).update(identifier="987654321")
    assert levels(offer)["credential"] is None


def test_another_suppliers_offer_or_verification_is_not_found(people, offer):
    row = judged(people, bundle_of())
    other = make_member("supplier_manager")
    url = f"/api/v1/gaiax/verifications/{row.uuid}/attach/"
    body = {"offer": str(offer.uuid)}
    assert client_for_token(other).post(url, body, format="json").status_code == 404
    theirs = builders.make_offer(make_member("supplier_manager").organisation)
    assert post(people, row, theirs).status_code == 404


def test_the_page_offers_ones_own_offers_and_keeps_what_was_chosen(people, offer):
    row = judged(people, bundle_of())
    url = f"/gaia-x/verifications/{row.uuid}/rattacher/"
    assert url in client_for(people.manager).get(row.get_absolute_url()).content.decode()
    refused = client_for(people.manager).post(url, {"offer": "999999"})
    assert refused.status_code == 400
    done = client_for(people.manager).post(url, {"offer": str(offer.number)})
    assert (done.status_code, done["Location"]) == (302, f"{offer.get_absolute_url()}labels-gaia-x/")
    assert OfferCredential.objects.get().offer == offer


def test_an_expired_presentation_is_said_so(people, offer):
    kept = attach(judged(people, bundle_of()), offer, actor=people.actor("manager"))
    OfferCredential.objects.filter(pk=kept.pk).update(valid_until=dt.datetime(2025, 11, 26, 9, tzinfo=dt.UTC))
    page = client_for(None).get(f"{offer.get_absolute_url()}labels-gaia-x/").content.decode()
    assert "a expiré le 26\u00a0novembre 2025" in page.replace('<time datetime="2025-11-26">', "").replace(
        "</time>", ""
    )
    assert levels(offer)["credential"]["current"] is False


def test_what_has_drifted_since_is_said(people, offer):
    post(people, judged(people, bundle_of("Ancien nom")), offer)
    assert levels(offer)["drift"] == ["Le titre nomme l’offre « Ancien nom », la fiche « Nuage Exemple »."]
    page = client_for(None).get(f"{offer.get_absolute_url()}labels-gaia-x/").content.decode()
    assert "L’offre n’est plus tout à fait celle du titre." in page
    post(people, judged(people, bundle_of()), offer)
    assert levels(offer)["drift"] == []
    assert OfferCredential.objects.count() == 1


def test_drift_is_of_what_both_say():
    said = {"name": "A", "description": "Un service.", "terms": ["0" * 64]}
    assert drift(said, name="A", description="Un  service.", terms=("0" * 64,)) == ()
    assert drift(said, name="A", description="", terms=()) == ()
    assert len(drift(said, name="B", description="Autre.", terms=("1" * 64,))) == 3
    assert drift({"name": "", "description": "", "terms": []}, name="B", description="x", terms=("1",)) == ()
    assert Material().origin == "none"
