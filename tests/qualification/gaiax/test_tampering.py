"""What somebody in the middle may try, and what a document may cost."""

from __future__ import annotations

import base64
import copy
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from qualification.gaiax import bounds, did, sandbox
from qualification.gaiax.contexts import TAGUS
from qualification.gaiax.material import Material
from qualification.gaiax.report import FAIL, PASS, UNKNOWN
from qualification.gaiax.verify import verify
from tests.qualification.gaiax.test_verify import GENERATIONS, judged, verdicts
from tests.qualification.gaiax.vectors import NOW, PROVIDER, Bundle, sign_jwt, sign_tagus, tagus


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def of_jwt(text: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    head, payload, signature = text.split(".")
    header, body = (json.loads(base64.urlsafe_b64decode(part + "===")) for part in (head, payload))
    return header, body, signature


def jwt(header: dict[str, Any], body: dict[str, Any], signature: str) -> str:
    return f"{b64(json.dumps(header).encode())}.{b64(json.dumps(body).encode())}.{signature}"


def _payload(text: str, _: Bundle) -> str:
    header, body, signature = of_jwt(text)
    body["credentialSubject"]["gx:countryCode"] = "DE"
    return jwt(header, body, signature)


def _header(text: str, _: Bundle) -> str:
    header, body, signature = of_jwt(text)
    return jwt({**header, "iat": 1}, body, signature)


def _none(text: str, _: Bundle) -> str:
    header, body, _signature = of_jwt(text)
    return jwt({**header, "alg": "none"}, body, "")


def _hmac_with_the_public_key(text: str, bundle: Bundle) -> str:
    header, body, _signature = of_jwt(text)
    secret = bundle.signers[PROVIDER].jwk.as_pem(private=False)
    unsigned = jwt({**header, "alg": "HS256"}, body, "")
    return unsigned + b64(hmac.digest(secret, unsigned.rstrip(".").encode(), "sha256"))


def _own_key_in_the_header(text: str, bundle: Bundle) -> str:
    _, body, _signature = of_jwt(text)
    thief = bundle.signers["did:web:notaire.example:v1"]
    public = thief.jwk.as_dict(private=False)
    mine = bundle.signers[PROVIDER]
    return sign_jwt(thief, body, jwk=public, kid=mine.method, iss=mine.did)


@pytest.mark.parametrize(
    "attack", [_payload, _header, _none, _hmac_with_the_public_key, _own_key_in_the_header]
)
def test_a_jwt_that_was_touched_is_refused(attack: Callable[[str, Bundle], str]) -> None:
    bundle = Bundle.of("loire")
    text = bundle.sign("number" if attack is _payload else "person")
    assert verdicts(judged(bundle, text))["signature"] == PASS
    report = judged(bundle, attack(text, bundle))
    assert verdicts(report)["signature"] == FAIL, report.checks


def test_hmac_and_none_are_no_algorithm_of_ours() -> None:
    assert not {name for name in did.ALGORITHMS if name.startswith("HS") or name == "none"}


def test_a_value_changed_under_a_tagus_signature_is_seen() -> None:
    bundle = Bundle.of("tagus")
    signed = bundle.sign("person")
    signed["credentialSubject"]["gx:legalName"] = "Un autre"
    assert verdicts(judged(bundle, json.dumps(signed)))["signature"] == FAIL


@pytest.mark.parametrize("where", ["header", "signature"])
def test_a_detached_signature_that_was_touched_is_refused(where: str) -> None:
    bundle = Bundle.of("tagus")
    signed = bundle.sign("person")
    head, _, tail = signed["proof"]["jws"].partition("..")
    if where == "header":
        head = b64(json.dumps({"alg": "PS256", "b64": False, "crit": ["b64"], "x": 1}).encode())
    else:
        tail = ("B" if tail[0] == "A" else "A") + tail[1:]
    signed["proof"]["jws"] = f"{head}..{tail}"
    assert verdicts(judged(bundle, json.dumps(signed)))["signature"] == FAIL


def test_a_key_that_no_context_maps_is_refused_though_the_signature_holds() -> None:
    bundle = Bundle.of("tagus")
    signed = bundle.sign("person")
    signed["credentialSubject"]["remarque"] = "non signé"
    report = judged(bundle, json.dumps(signed))
    assert verdicts(report)["context"] == FAIL
    assert "remarque" in next(check.message for check in report.checks if check.id == "context")


def test_the_meaning_of_a_signed_term_cannot_be_swapped_by_an_inline_context() -> None:
    bundle = Bundle.of("tagus")
    signed = bundle.sign("person")
    swapped = copy.deepcopy(signed)
    subject = swapped["credentialSubject"]
    subject["@context"] = {"realName": f"{TAGUS}legalName", "gx:legalName": None}
    subject["realName"], subject["gx:legalName"] = subject["gx:legalName"], "Un menteur"
    report = judged(bundle, json.dumps(swapped))
    assert verdicts(report)["context"] == FAIL
    assert report.verdict == FAIL


@pytest.mark.parametrize(
    "name", ["https://fournisseur.example/contexte", None, "https://www.w3.org/ns/credentials/v2"]
)
def test_only_the_contexts_of_the_generation_are_read(name: Any) -> None:
    bundle = Bundle.of("tagus")
    signed = bundle.sign("person")
    signed["@context"].append(name)
    assert verdicts(judged(bundle, json.dumps(signed)))["context"] == FAIL


def test_a_relative_link_would_not_be_signed_and_is_refused() -> None:
    document = tagus(
        "person", {"type": "gx:LegalParticipant", "gx:legalRegistrationNumber": {"id": "ailleurs"}}
    )
    bundle = Bundle.of("tagus")
    assert verdicts(judged(bundle, json.dumps({**document, "proof": {}})))["context"] == FAIL


def test_the_credential_of_another_issuer_is_not_taken_for_the_provider_s() -> None:
    bundle = Bundle.of("loire")
    notary = bundle.signers["did:web:notaire.example:v1"]
    text = sign_jwt(notary, bundle.credentials["person"])
    assert verdicts(judged(bundle, text))["did"] == FAIL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "bonjour",
        "a.b",
        "{",
        "[]",
        "{}",
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        "[" * 100_000,
        '{"a":' * 60 + "1" + "}" * 60,
        "x" * (bounds.DOCUMENT + 1),
        '{"verifiableCredential": [1, null]}',
        '{"type": "EnvelopedVerifiableCredential", "id": "https://fournisseur.example"}',
        "e30.e30.e30",
        "W10.W10.W10",
        '["a", "b"]',
        "9" * 5000,
    ],
)
def test_what_is_no_credential_fails_on_its_form(text: str) -> None:
    report = verify(text, Material(), now=NOW)
    assert verdicts(report)["format"] == FAIL
    assert report.verdict == FAIL


@pytest.mark.parametrize("generation", GENERATIONS)
def test_hostile_values_are_said_not_raised(generation: str) -> None:
    bundle = Bundle.of(generation)
    bundle.documents = {PROVIDER: {"id": PROVIDER, "verificationMethod": [None, 3], "assertionMethod": "x"}}
    for value in (None, 7, [], {}, "x" * 9000, [[[]]], {"@value": []}, {"@id": 3}):
        for name in ("issuer", bundle.start, "credentialSubject", "id", "type", "@context"):
            document = {**bundle.credentials["person"], name: value}
            text = jwt({"alg": "ES256", "typ": "vc+jwt", "kid": 3}, document, "AAAA")
            proof = {"jws": value, "verificationMethod": value}
            sent = text if generation == "loire" else json.dumps({**document, "proof": proof})
            assert judged(bundle, sent).verdict == FAIL


def poison(size: int) -> dict[str, Any]:
    """Blank nodes that all look alike and point at one another: URDNA2015 tries their permutations."""
    nodes = [
        {"id": f"_:n{i}", "gx:name": [{"id": f"_:n{j}"} for j in range(size) if j != i]} for i in range(size)
    ]
    return tagus("poison", {"type": "gx:ServiceOffering", "gx:name": nodes})


def test_a_poison_graph_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "CANON_SECONDS", 0.2)
    bundle = Bundle.of("tagus")
    signed = {
        **poison(24),
        "proof": sign_tagus(bundle.signers[PROVIDER], bundle.credentials["person"])["proof"],
    }
    report = judged(bundle, json.dumps(signed))
    assert verdicts(report)["format"] == FAIL
    assert verdicts(report)["signature"] == UNKNOWN
    assert "coûteux" in next(check.message for check in report.checks if check.id == "format")


def test_a_graph_of_too_many_blank_nodes_is_refused_before_its_canonical_form() -> None:
    many = [{"gx:name": "x"} for _ in range(bounds.BLANK_NODES + 1)]
    document = tagus("many", {"type": "gx:ServiceOffering", "gx:aggregationOf": many})
    report = verify(json.dumps({**document, "proof": {}}), Material(), now=NOW)
    assert verdicts(report)["format"] == FAIL


def test_the_child_process_says_the_same_and_knows_nothing_of_ours() -> None:
    bundle = Bundle.of("loire")
    text = bundle.text()
    assert sandbox.verify_apart(text, bundle.material, now=NOW) == judged(bundle, text).as_dict()
    assert sandbox.needs_apart(text) == (sorted(bundle.signers), [])


def test_a_child_beyond_its_time_leaves_all_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "CLOCK_SECONDS", 0.01)
    report = sandbox.verify_apart("{}", Material(), now=NOW)
    assert report["verdict"] == UNKNOWN
    assert {check["verdict"] for check in report["checks"]} == {UNKNOWN}
