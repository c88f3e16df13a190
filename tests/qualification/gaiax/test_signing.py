"""What the marketplace signs: verified by another library and by our own verifier, revoked, rotated."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_csr
from django.core.management import CommandError, call_command
from joserfc import jwk, jws
from joserfc.errors import BadSignatureError

from catalog.enums import OfferState
from catalog.models import Offer
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.keys.envelope import decrypt
from qualification.gaiax import status
from qualification.gaiax.material import SUPPLIED, Material
from qualification.gaiax.verify import verify
from qualification.models import GaiaxVerification, SignedFinding, SigningKey
from qualification.signing import issue, keys
from qualification.signing.content import verification_subject
from tests.builders import client_for
from tests.qualification import builders
from tests.qualification.gaiax import vectors
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
SITE = "https://place.example"
REGISTRY = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def offer(people):
    return builders.make_dossier(people, upto="decided", outcome="listed").offer


def issued(offer: Offer, people: Any) -> SignedFinding:
    return issue.issue_for_offer(offer, actor=people.actor("manager"))


def published(method: str) -> Any:
    """The key of the did:web document that the site serves, as a JOSE library reads it."""
    document = client_for(None).get("/.well-known/did.json").json()
    assert method in document["assertionMethod"]
    found = next(one for one in document["verificationMethod"] if one["id"] == method)
    return jwk.import_key({name: found["publicKeyJwk"][name] for name in ("kty", "crv", "x", "y")})


def by_joserfc(text: str) -> dict[str, Any]:
    """Raises BadSignatureError."""
    head = json.loads(base64.urlsafe_b64decode(text.split(".")[0] + "=="))
    read = jws.deserialize_compact(text, published(head["kid"]), registry=REGISTRY)
    return dict(json.loads(read.payload))


def test_a_joserfc_reader_verifies_what_we_issue_against_the_did_document(people, offer):
    row = issued(offer, people)
    said = by_joserfc(row.text)
    assert said["issuer"] == "did:web:place.example"
    assert said["type"] == ["VerifiableCredential", "OfferFindings"]
    assert "gx:" not in row.text and "LabelCredential" not in json.dumps(said)
    subject = said["credentialSubject"]
    assert (subject["offerName"], subject["listingOutcome"], subject["rulesVersion"]) == (
        offer.name, "listed", "gaiax-24.11",
    )  # fmt: skip
    assert [each["level"] for each in subject["levels"]] == ["SC", "L1", "L2", "L3"]
    assert {each["code"] for each in subject["checks"]} >= {"regions", "website_tls"}
    assert len(subject["answersDigest"]) == len("sha256:") + 64
    assert dt.datetime.fromisoformat(said["validUntil"]) - dt.datetime.fromisoformat(
        said["validFrom"]
    ) == dt.timedelta(days=90)
    assert client_for(None).get(f"/titres/{row.uuid}.jwt").content.decode() == row.text == row.text.strip()
    assert said["id"] == f"{SITE}/titres/{row.uuid}.jwt"


def test_a_changed_credential_no_longer_verifies(people, offer):
    head, body, signature = issued(offer, people).text.split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    payload["credentialSubject"]["listingOutcome"] = "listed_with_reserves"
    changed = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=").decode()
    with pytest.raises(BadSignatureError):
        by_joserfc(f"{head}.{changed}.{signature}")


def our_material(**more: Any) -> Material:
    document = client_for(None).get("/.well-known/did.json").json()
    documents = {document["id"]: document}
    paths = [f"/titres/statuts/{purpose}/0" for purpose in status.PURPOSES]
    lists = {f"{SITE}{path}": client_for(None).get(path).content.decode() for path in paths}
    return Material(
        did_documents=documents, anchors=vectors.anchors(), origin=SUPPLIED, status_lists=lists,
        own_context=f"{SITE}/contextes/constats-v1.jsonld", **more,
    )  # fmt: skip


def with_chain(key: SigningKey) -> None:
    private = keys.private_key(key)
    root = vectors.authority(vectors.ROOT)
    certificate = vectors._certificate("place.example", private, issuer=(vectors.ROOT, root[0]))
    keys.keep_chain(key, certificate.public_bytes(vectors.PEM).decode())


def verdicts(text: str, material: Material) -> dict[str, str]:
    report = verify(text, material, now=dt.datetime.now(dt.UTC))
    return {check.id: check.verdict for check in reversed(report.checks)}


def test_our_own_verifier_passes_it_and_refuses_it_once_changed(people, offer, settings):
    row = issued(offer, people)
    with_chain(row.key)
    found = verdicts(row.text, our_material())
    assert {name: verdict for name, verdict in found.items() if verdict != "pass"} == {}
    head, body, signature = row.text.split(".")
    payload = json.loads(base64.urlsafe_b64decode(body + "=="))
    payload["credentialSubject"]["answersDigest"] = "sha256:0"
    changed = base64.urlsafe_b64encode(json.dumps(payload).encode()).rstrip(b"=").decode()
    found = verdicts(f"{head}.{changed}.{signature}", our_material())
    assert (found["signature"], found["shape"]) == ("fail", "fail")
    issue.revoke(row, actor=people.actor("officer"), reason="Erreur.")
    assert verdicts(row.text, our_material())["status"] == "fail"
    unknown = dataclasses.replace(our_material(), own_context="")
    assert verdicts(row.text, unknown)["context"] == "fail"


def test_keys_rotate_and_old_credentials_still_verify(people, offer):
    old = issued(offer, people)
    assert keys.rotate() != old.key
    new = issued(offer, people)
    assert new.key != old.key
    assert by_joserfc(old.text)["id"] != by_joserfc(new.text)["id"]
    assert SigningKey.objects.filter(retired_at__isnull=True).count() == 1


def test_the_private_key_is_encrypted_at_rest_and_bound_to_its_place(people, offer):
    key = issued(offer, people).key
    assert b"PRIVATE KEY" not in bytes(key.sealed)
    pem = decrypt(bytes(key.sealed), context=f"signing-key:{key.kid}")
    assert load_pem_private_key(pem, password=None)
    served = client_for(None).get("/.well-known/did.json").json()
    assert "d" not in served["verificationMethod"][0]["publicKeyJwk"]


def bits(row: SignedFinding, purpose: str) -> bool:
    """As a reader does it: the entry of the credential, the list it names, verified, then the bit."""
    entries = {one["statusPurpose"]: one for one in by_joserfc(row.text)["credentialStatus"]}
    entry = entries[purpose]
    path = entry["statusListCredential"].removeprefix(SITE)
    answer = client_for(None).get(path)
    assert answer["Content-Type"] == "application/vc+jwt"
    listed = by_joserfc(answer.content.decode())
    assert listed["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert listed["id"] == entry["statusListCredential"]
    assert listed["credentialSubject"]["statusPurpose"] == purpose
    return status.is_set(listed["credentialSubject"]["encodedList"], int(entry["statusListIndex"]))


def test_a_revocation_is_read_in_the_list_at_once(people, offer):
    kept, gone = issued(offer, people), issued(offer, people)
    with pytest.raises(NotAllowed):
        issue.revoke(gone, actor=people.actor("manager"), reason="Erreur.")
    with pytest.raises(RuleBroken):
        issue.revoke(gone, actor=people.actor("officer"), reason=" ")
    issue.revoke(gone, actor=people.actor("officer"), reason="Erreur de saisie.")
    assert (bits(gone, "revocation"), bits(kept, "revocation")) == (True, False)
    assert AuditEvent.objects.filter(what="revoke", object_id=gone.pk).count() == 1
    with pytest.raises(MoveRefused):
        issue.revoke(gone, actor=people.actor("officer"), reason="Encore.")


def test_a_suspended_offer_suspends_its_credentials_until_it_is_lifted(people, offer):
    row = issued(offer, people)
    assert bits(row, "suspension") is False
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.SUSPENDED)
    assert (bits(row, "suspension"), bits(row, "revocation")) == (True, False)
    Offer.objects.filter(pk=offer.pk).update(state=OfferState.LISTED)
    assert bits(row, "suspension") is False


def test_only_a_listed_offer_has_findings_to_sign(people):
    draft = builders.make_offer(people.supplier)
    with pytest.raises(MoveRefused):
        issue.issue_for_offer(draft, actor=people.actor("manager"))
    page = client_for(people.manager).post(f"/mes-offres/{draft.number}/titres/")
    assert page.status_code in (400, 409)
    assert SignedFinding.objects.count() == 0


def report(anchors: str, verdict: str = "pass") -> dict[str, Any]:
    checks = [{"id": "signature", "verdict": verdict, "message": "m", "path": ""}]
    return {"generation": "loire", "verdict": verdict, "anchors": anchors, "checks": checks}


@pytest.mark.parametrize(("anchors", "verdict", "code"), [
    ("supplied", "pass", "anchors_not_ours"),
    ("none", "pass", "anchors_not_ours"),
    ("configured", "fail", "not_passed"),
    ("configured", "unknown", "not_passed"),
])  # fmt: skip
def test_a_verdict_that_is_not_on_our_anchors_or_does_not_pass_is_never_signed(
    people, anchors, verdict, code
):
    row = GaiaxVerification.objects.create(
        organisation=people.supplier, text="a.b.c", report=report(anchors, verdict)
    )
    answer = client_for_token(people.manager).post(
        "/api/v1/gaiax/credentials/", {"verification": str(row.uuid)}, format="json"
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert SignedFinding.objects.count() == 0
    if anchors != "configured":
        with pytest.raises(ValueError, match="never signed"):
            verification_subject("a.b.c", report(anchors), url="https://x.example")


def test_a_verdict_on_our_anchors_is_signed_with_the_digest_of_what_was_verified(people):
    row = GaiaxVerification.objects.create(
        organisation=people.supplier, text="a.b.c", report=report("configured")
    )
    answer = client_for_token(people.manager).post(
        "/api/v1/gaiax/credentials/", {"verification": str(row.uuid)}, format="json"
    )
    assert answer.status_code == 201
    subject = by_joserfc(answer.json()["credential"])["credentialSubject"]
    # printf a.b.c | sha256sum
    assert (
        subject["credentialDigest"]
        == "sha256:845e30448809e2bc8958eb025bfc795235d13b077a53d0c3abbd2385170dc9b8"
    )
    assert (subject["type"], subject["anchors"], subject["verdict"]) == (
        "CredentialVerification", "configured", "pass",
    )  # fmt: skip
    page = client_for(None).get(f"/titres/{answer.json()['id']}/").content.decode()
    assert subject["credentialDigest"] in page


def test_the_endpoint_issues_lists_and_revokes(people, offer):
    api = client_for_token(people.manager)
    made = api.post("/api/v1/gaiax/credentials/", {"offer": str(offer.uuid)}, format="json")
    assert made.status_code == 201
    assert by_joserfc(made.json()["credential"])["credentialSubject"]["offerName"] == offer.name
    assert [one["id"] for one in api.get("/api/v1/gaiax/credentials/").json()["results"]] == [
        made.json()["id"]
    ]
    url = f"/api/v1/gaiax/credentials/{made.json()['id']}/revoke/"
    assert api.post(url, {"reason": "Non."}, format="json").status_code == 403
    done = client_for_token(people.officer).post(url, {"reason": "Erreur."}, format="json")
    assert (done.status_code, done.json()["revoked_reason"]) == (200, "Erreur.")
    both = api.post("/api/v1/gaiax/credentials/", {}, format="json")
    assert both.json()["code"] == "offer_or_verification"


def test_the_supplier_asks_on_the_page_and_an_officer_revokes_there(people, offer):
    url = f"/mes-offres/{offer.number}/titres/"
    assert "Demander les constats signés" in client_for(people.manager).get(url).content.decode()
    moved = client_for(people.manager).post(url)
    row = SignedFinding.objects.get()
    assert (moved.status_code, moved["Location"]) == (302, row.get_absolute_url())
    assert "Révoquer ce titre" not in client_for(people.manager).get(row.get_absolute_url()).content.decode()
    empty = client_for(people.officer).post(f"{row.get_absolute_url()}revoquer/", {"reason": ""})
    assert (empty.status_code, "Écrivez le motif" in empty.content.decode()) == (400, True)
    client_for(people.officer).post(f"{row.get_absolute_url()}revoquer/", {"reason": "Erreur de saisie."})
    text = client_for(None).get(row.get_absolute_url()).content.decode()
    assert "Révoqué." in text and "Erreur de saisie." in text
    for unknown in ("humeur/0", "revocation/99999999999999999999"):
        assert client_for(None).get(f"/titres/statuts/{unknown}").status_code == 404


def test_the_command_rotates_asks_for_a_certificate_and_keeps_its_chain(people, tmp_path):
    first = keys.current_key()
    out = StringIO()
    call_command("signing_key", "--rotate", stdout=out)
    assert keys.current_key() != first
    call_command("signing_key", "--request", stdout=(asked := StringIO()))
    names = load_pem_x509_csr(asked.getvalue().encode()).subject.rfc4514_string()
    assert names == "CN=place.example"
    other = tmp_path / "autre.pem"
    other.write_text(vectors.anchors())
    with pytest.raises(CommandError):
        call_command("signing_key", "--chain", str(other))
    with_chain(keys.current_key())
    assert keys.did_document()["verificationMethod"][0]["publicKeyJwk"]["x5c"]


@pytest.mark.parametrize("size", [131_072, 262_144])
def test_bits_are_read_back_and_a_list_that_is_none_is_refused(size):
    encoded = status.encode([0, 7, 8, size - 1], size=size)
    assert [status.is_set(encoded, at) for at in (0, 1, 7, 8, 9, size - 1)] == [
        True, False, True, True, False, True,
    ]  # fmt: skip
    for wrong, at in ((encoded, size), (encoded, -1), ("z" + encoded, 0), ("u!!!", 0), ("uAAAA", 0)):
        with pytest.raises(status.BadList):
            status.is_set(wrong, at)


def test_a_list_that_swells_when_opened_is_refused():
    with pytest.raises(status.BadList):
        status.is_set(status.encode([], size=(status.MOST_BYTES + 8) * 8), 0)
