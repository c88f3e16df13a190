"""The nine ids both ways, for both generations, on presentations signed by keys made here."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from qualification.gaiax.report import FAIL, IDS, PASS, UNKNOWN, Report
from qualification.gaiax.verify import verify
from tests.qualification.gaiax import vectors
from tests.qualification.gaiax.vectors import NOTARY, NOW, PROVIDER, Bundle, at, signer

GENERATIONS = ("loire", "tagus")


def judged(bundle: Bundle, text: str | None = None) -> Report:
    return verify(bundle.text() if text is None else text, bundle.material, now=NOW)


def verdicts(report: Report) -> dict[str, str]:
    """The worst verdict of each id."""
    worst = {}
    for check in report.checks:
        worst.setdefault(check.id, check.verdict)
    return worst


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_sound_presentation_passes_every_check(generation: str) -> None:
    report = judged(Bundle.of(generation))
    found = [(check.id, check.verdict) for check in report.checks]
    assert found == [(id_, PASS) for id_ in IDS], report.checks
    assert (report.generation, report.verdict, report.anchors) == (generation, PASS, "supplied")


def _write_a_context_inline(bundle: Bundle) -> None:
    bundle.credentials["person"]["@context"] += [{"vrai": "https://fournisseur.example/vrai"}]


def _expire(bundle: Bundle) -> None:
    bundle.credentials["offer"][bundle.end] = at(-1)


def _begin_tomorrow(bundle: Bundle) -> None:
    bundle.credentials["offer"][bundle.start] = at(1)


def _give_another_document(bundle: Bundle) -> None:
    bundle.documents[PROVIDER] = {**bundle.documents[PROVIDER], "id": "did:web:autre.example"}


def _not_for_assertions(bundle: Bundle) -> None:
    bundle.documents[PROVIDER] = {**bundle.documents[PROVIDER], "assertionMethod": []}


def _publish_for_another_algorithm(bundle: Bundle) -> None:
    bundle.documents[PROVIDER] = bundle.signers[PROVIDER].document(alg="RS256")


def _publish_the_private_key(bundle: Bundle) -> None:
    bundle.documents[PROVIDER] = bundle.signers[PROVIDER].document(d="AAAA")


def _trust_another_authority(bundle: Bundle) -> None:
    bundle.anchors = vectors.anchors("Une autre autorité")


def _certify_another_host(bundle: Bundle) -> None:
    alg = bundle.signers[PROVIDER].algorithm
    bundle.documents[PROVIDER] = signer(PROVIDER, alg, host="autre.example").document()


def _certificate_expired(bundle: Bundle) -> None:
    alg = bundle.signers[PROVIDER].algorithm
    bundle.documents[PROVIDER] = signer(PROVIDER, alg, until=NOW - dt.timedelta(days=1)).document()


def _certify_another_key(bundle: Bundle) -> None:
    other = signer(PROVIDER, bundle.signers[PROVIDER].algorithm, which="autre").document()
    x5c = other["verificationMethod"][0]["publicKeyJwk"]["x5c"]
    bundle.documents[PROVIDER] = bundle.signers[PROVIDER].document(x5c=x5c)


def _swap_the_key(bundle: Bundle) -> None:
    other = signer(PROVIDER, bundle.signers[PROVIDER].algorithm, which="autre")
    bundle.documents[PROVIDER] = other.document()


def _leave_out_the_provider(bundle: Bundle) -> None:
    subject = bundle.credentials["offer"]["credentialSubject"]
    del subject["gx:providedBy"]


def _self_registered(bundle: Bundle) -> None:
    bundle.credentials["number"]["issuer"] = PROVIDER


def _offer_of_somebody_else(bundle: Bundle) -> None:
    bundle.credentials["offer"]["issuer"] = NOTARY


FAULTS: dict[str, list[Callable[[Bundle], None]]] = {
    "context": [_write_a_context_inline],
    "dates": [_expire, _begin_tomorrow],
    "did": [_give_another_document],
    "key": [_not_for_assertions, _publish_for_another_algorithm, _publish_the_private_key],
    "chain": [_trust_another_authority, _certify_another_host, _certificate_expired, _certify_another_key],
    "signature": [_swap_the_key],
    "shape": [_leave_out_the_provider],
    "rules": [_self_registered, _offer_of_somebody_else],
}


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize(
    ("id_", "fault"), [(id_, fault) for id_, faults in FAULTS.items() for fault in faults]
)
def test_one_fault_fails_its_check(id_: str, fault: Callable[[Bundle], None], generation: str) -> None:
    bundle = Bundle.of(generation)
    fault(bundle)
    report = judged(bundle)
    assert verdicts(report)[id_] == FAIL, report.checks
    assert report.verdict == FAIL
    # What the fault does not touch is still judged, and stands.
    untouched = {"format", "dates", "context"} - {id_}
    assert {verdicts(report)[one] for one in untouched} <= {PASS}, report.checks


def test_the_form_is_a_typed_jwt_or_a_document_with_its_proof() -> None:
    loire, tagus = Bundle.of("loire"), Bundle.of("tagus")
    untyped = vectors.sign_jwt(loire.signers[PROVIDER], loire.credentials["terms"], typ="JWT")
    unproved = json.dumps(tagus.credentials["terms"])
    for bundle, text in ((loire, untyped), (tagus, unproved)):
        report = judged(bundle, text)
        assert (report.generation, verdicts(report)["format"]) == (bundle.generation, FAIL)
        assert verdicts(report)["shape"] == PASS


@pytest.mark.parametrize("generation", GENERATIONS)
def test_without_documents_what_depends_on_them_is_unknown(generation: str) -> None:
    bundle = Bundle.of(generation)
    bundle.documents = {}
    said = verdicts(judged(bundle))
    unknown = {id_ for id_, verdict in said.items() if verdict == UNKNOWN}
    assert unknown == {"did", "key", "chain", "signature"}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_without_anchors_the_chain_is_unknown(generation: str) -> None:
    bundle = Bundle.of(generation)
    bundle.anchors = ""
    report = judged(bundle)
    assert verdicts(report) == {**dict.fromkeys(IDS, PASS), "chain": UNKNOWN}
    assert report.verdict == UNKNOWN


@pytest.mark.parametrize("generation", GENERATIONS)
def test_clocks_may_differ_by_a_few_minutes(generation: str) -> None:
    bundle = Bundle.of(generation)
    bundle.credentials["offer"][bundle.start] = (NOW + dt.timedelta(minutes=4)).isoformat()
    assert verdicts(judged(bundle))["dates"] == PASS
    bundle.credentials["offer"][bundle.start] = (NOW + dt.timedelta(minutes=6)).isoformat()
    assert verdicts(judged(bundle))["dates"] == FAIL


@pytest.mark.parametrize("generation", GENERATIONS)
def test_one_credential_alone_leaves_the_rules_unknown(generation: str) -> None:
    bundle = Bundle.of(generation)
    bundle.credentials = {"terms": bundle.credentials["terms"], "person": bundle.credentials["person"]}
    report = judged(bundle)
    assert verdicts(report)["rules"] == UNKNOWN
    assert verdicts(report)["signature"] == PASS


def test_the_chain_of_an_x5u_is_read_where_it_is_at_hand() -> None:
    bundle = Bundle.of("loire")
    one = bundle.signers[PROVIDER]
    url = "https://fournisseur.example/chaine.pem"
    document = one.document(x5u=url)
    del document["verificationMethod"][0]["publicKeyJwk"]["x5c"]
    bundle.documents[PROVIDER] = document
    assert verdicts(judged(bundle))["chain"] == UNKNOWN
    pem = one.certificate.public_bytes(vectors.PEM).decode()
    material = vectors.Material(
        did_documents=bundle.documents, chains={url: pem}, anchors=bundle.anchors, origin="configured"
    )
    report = verify(bundle.text(), material, now=NOW)
    assert (verdicts(report)["chain"], report.anchors) == (PASS, "configured")


def test_the_notaries_configured_are_the_only_ones() -> None:
    bundle = Bundle.of("loire")
    for notaries, expected in (((NOTARY,), PASS), (("did:web:autre.example",), FAIL)):
        material = vectors.Material(did_documents=bundle.documents, anchors=bundle.anchors, notaries=notaries)
        assert verdicts(verify(bundle.text(), material, now=NOW))["rules"] == expected


def test_a_type_without_a_shape_of_ours_is_unknown_never_passed() -> None:
    bundle = Bundle.of("loire")
    subject: dict[str, Any] = {"type": "gx:Datacenter"}
    bundle.credentials["centre"] = vectors.loire("centre", subject)
    report = judged(bundle)
    assert verdicts(report)["shape"] == UNKNOWN
    assert "Datacenter" in next(check.message for check in report.checks if check.id == "shape")


def test_base64_of_the_certificate_is_not_taken_on_trust() -> None:
    bundle = Bundle.of("loire")
    bundle.documents[PROVIDER] = bundle.signers[PROVIDER].document(x5c=[base64.b64encode(b"rien").decode()])
    assert verdicts(judged(bundle))["chain"] == FAIL
