"""Ed25519 keys, the standard JsonWebSignature2020, status lists and digests: each holds, each fails."""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from qualification.fetcher import FetchResult
from qualification.gaiax import contexts, digests, graph, resolve, status
from qualification.gaiax.claims import read
from qualification.gaiax.envelope import CREDENTIAL, Item
from qualification.gaiax.material import Material
from qualification.gaiax.report import FAIL, PASS, UNKNOWN, Findings, Report
from qualification.gaiax.verify import verify
from tests.qualification.gaiax import vectors
from tests.qualification.gaiax.test_verify import GENERATIONS, judged, verdicts
from tests.qualification.gaiax.vectors import (
    NOTARY,
    NOW,
    PROVIDER,
    Bundle,
    at,
    sign_jwt,
    sign_standard,
    signer,
)

LIST = "https://fournisseur.example/statuts/1"


def with_keys(generation: str, algorithm: str) -> Bundle:
    bundle = Bundle.of(generation)
    bundle.signers = {did: signer(did, algorithm) for did in (PROVIDER, NOTARY)}
    bundle.documents = {did: one.document() for did, one in bundle.signers.items()}
    return bundle


@pytest.mark.parametrize("algorithm", ["EdDSA", "Ed25519"])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_an_ed25519_key_signs_and_is_chained(generation: str, algorithm: str) -> None:
    report = judged(with_keys(generation, algorithm))
    assert report.verdict == PASS, report.checks


@pytest.mark.parametrize("generation", GENERATIONS)
def test_another_ed25519_key_or_authority_or_host_is_refused(generation: str) -> None:
    bundle = with_keys(generation, "EdDSA")
    bundle.documents[PROVIDER] = signer(PROVIDER, "EdDSA", which="autre").document()
    assert verdicts(judged(bundle))["signature"] == FAIL
    bundle = with_keys(generation, "EdDSA")
    bundle.anchors = vectors.anchors("Une autre autorité")
    assert verdicts(judged(bundle))["chain"] == FAIL
    for wrong in ({"host": "autre.example"}, {"until": NOW - dt.timedelta(days=1)}):
        bundle = with_keys(generation, "EdDSA")
        bundle.documents[PROVIDER] = signer(PROVIDER, "EdDSA", **wrong).document()
        assert verdicts(judged(bundle))["chain"] == FAIL


def standard(bundle: Bundle) -> dict[str, Any]:
    return {
        name: sign_standard(bundle.signers[one["issuer"]], one) for name, one in bundle.credentials.items()
    }


@pytest.mark.parametrize("algorithm", ["PS256", "ES256", "EdDSA"])
def test_the_standard_signature_is_accepted_after_the_gaiax_variant(algorithm: str) -> None:
    bundle = with_keys("tagus", algorithm)
    report = judged(bundle, bundle.present(standard(bundle)))
    assert report.verdict == PASS, report.checks


@pytest.mark.parametrize("name", ["created", "credentialSubject"])
def test_the_standard_signature_covers_the_document_and_the_options_of_the_proof(name: str) -> None:
    bundle = with_keys("tagus", "ES256")
    signed = standard(bundle)
    if name == "created":
        signed["offer"]["proof"]["created"] = at(-5)
    else:
        signed["offer"]["credentialSubject"]["gx:policy"] = "default: deny"
    assert verdicts(judged(bundle, bundle.present(signed)))["signature"] == FAIL


@pytest.mark.shared
def test_our_context_gives_the_options_of_a_proof_the_official_canonical_form(shared: Path) -> None:
    folder = shared / "gaiax/contexts"
    files = {contexts.VC1: "w3c-credentials-v1", contexts.JWS2020: "w3id-jws-2020-v1"}
    official = {url: json.loads((folder / f"{name}.jsonld").read_text()) for url, name in files.items()}

    def load(url: str, options: object = None) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": official[url]}

    proof = sign_standard(signer(PROVIDER, "ES256"), vectors.tagus_credentials()["terms"])["proof"]
    options = {"@context": [contexts.VC1, contexts.JWS2020]}
    options |= {key: value for key, value in proof.items() if key != "jws"}
    ours = jsonld.normalize(
        graph.expand(options), {"algorithm": "URDNA2015", "format": "application/n-quads"}
    )
    theirs = jsonld.normalize(
        options, {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load}
    )
    assert ours == theirs != ""


def status_credential(*revoked: int, purpose: str = "revocation", by: str = PROVIDER, **more: Any) -> str:
    document = {
        "@context": [contexts.VC2],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": by,
        "validFrom": at(-25),
        "validUntil": at(5),
        "credentialSubject": {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": status.encode(revoked),
        },
        **more,
    }
    return sign_jwt(signer(by, "ES256"), document)


def with_status(index: int = 42, purpose: str = "revocation", **more: Any) -> Bundle:
    bundle = Bundle.of("loire")
    bundle.credentials["offer"]["credentialStatus"] = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": LIST,
        **more,
    }
    return bundle


def told(bundle: Bundle, lists: dict[str, str]) -> Report:
    material = dataclasses.replace(bundle.material, status_lists=lists)
    return verify(bundle.text(), material, now=NOW)


def test_a_credential_that_its_list_does_not_name_holds() -> None:
    report = told(with_status(), {LIST: status_credential(41, 43)})
    assert report.verdict == PASS, report.checks


@pytest.mark.parametrize(("purpose", "word"), [("revocation", "révoqué"), ("suspension", "suspendu")])
def test_a_credential_that_its_list_names_fails(purpose: str, word: str) -> None:
    report = told(with_status(purpose=purpose), {LIST: status_credential(42, purpose=purpose)})
    assert verdicts(report)["status"] == FAIL
    assert word in next(check.message for check in report.checks if check.id == "status")
    assert verdicts(report)["signature"] == PASS


@pytest.mark.parametrize(
    "listed",
    [
        None,
        "a.b.c",
        "{}",
        status_credential(42, by=NOTARY),
        status_credential(42, purpose="suspension"),
        status_credential(42, validUntil=at(-6)),
        status_credential(42, id="https://fournisseur.example/statuts/2"),
        status_credential(42)[:-8] + "AAAAAAAA",
        status_credential(
            credentialSubject={
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": "u",
            }
        ),
    ],
)
def test_a_list_that_does_not_hold_leaves_the_status_unknown(listed: str | None) -> None:
    """Neither revoked on somebody else's word, nor in force on none."""
    report = told(with_status(), {LIST: listed} if listed is not None else {})
    assert verdicts(report)["status"] == UNKNOWN, report.checks
    assert report.verdict == UNKNOWN


def test_an_entry_beyond_the_list_or_of_another_kind_is_unknown() -> None:
    lists = {LIST: status_credential()}
    assert verdicts(told(with_status(10**9), lists))["status"] == UNKNOWN
    assert verdicts(told(with_status(statusListIndex="-1"), lists))["status"] == UNKNOWN


def test_the_lists_to_fetch_are_those_named_over_https() -> None:
    from qualification.gaiax import envelope
    from qualification.gaiax.revocation import lists_named

    items = envelope.read(with_status().text(), Findings())
    assert set(lists_named(items)) == {LIST}
    items = envelope.read(with_status(statusListCredential="http://10.0.0.1/").text(), Findings())
    assert set(lists_named(items)) == set()
    asked: list[str] = []

    def get(url: str, **_: Any) -> FetchResult:
        asked.append(url)
        return FetchResult(url, status=200, body=b"a.b.c")

    assert resolve.status_lists_of([LIST, LIST], get=get) == {LIST: "a.b.c"}
    assert asked == [LIST]


def compliance(generation: str, digest: str) -> dict[str, Any]:
    covered = "https://fournisseur.example/titres/offer"
    if generation == "tagus":
        subject = {"type": "gx:compliance", "id": covered, "gx:integrity": digest}
        made = vectors.tagus("compliance", {"type": "gx:compliance"}, by=NOTARY)
        return {**made, "credentialSubject": [subject]}
    made = vectors.loire("compliance", {"type": "gx:LabelCredential"}, by=NOTARY)
    made["credentialSubject"] |= {
        "gx:labelLevel": "SC",
        "gx:engineVersion": "1",
        "gx:rulesVersion": "24.11",
        "gx:validatedCriteria": "P1.1.1",
        "compliantCredentials": {"id": covered, "type": "gx:CompliantCredential", "digestSRI": digest},
    }
    return made


def digest_of(generation: str, bundle: Bundle, signed: Any) -> str:
    """As the clearing houses write it: hexadecimal, of the canonical JSON."""
    import hashlib

    whole = signed if generation == "tagus" else bundle.credentials["offer"]
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256-{hashlib.sha256(text.encode()).hexdigest()}"


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_digest_of_a_covered_credential_is_compared(generation: str) -> None:
    bundle = Bundle.of(generation)
    signed = {name: bundle.sign(name) for name in bundle.credentials}
    good = digest_of(generation, bundle, signed["offer"])
    for digest, expected in ((good, PASS), ("sha256-" + "0" * 64, FAIL), ("md5-" + "0" * 32, FAIL)):
        bundle.credentials["compliance"] = compliance(generation, digest)
        signed["compliance"] = bundle.sign("compliance")
        report = judged(bundle, bundle.present(signed))
        assert verdicts(report)["rules"] == expected, report.checks


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_covered_credential_that_is_not_sent_leaves_its_digest_unknown(generation: str) -> None:
    bundle = Bundle.of(generation)
    bundle.credentials = {"compliance": compliance(generation, "sha256-" + "0" * 64)}
    assert verdicts(judged(bundle))["rules"] == UNKNOWN


def test_a_digest_is_read_in_hexadecimal_in_base64_and_of_the_jwt_itself() -> None:
    document = vectors.loire_credentials()["offer"]
    text = sign_jwt(signer(PROVIDER), document)
    found = read(Item("", CREDENTIAL, "loire", copy.deepcopy(document), jws=text), Findings())
    assert found is not None
    assert len(digests.digests_of(found, "sha256")) == 4
    assert digests.digests_of(found, "md5") == frozenset()
    assert Material().status_lists == {}
