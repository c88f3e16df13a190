"""The endpoint: at once with documents and anchors, by a worker otherwise; what it refuses and why."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import override_settings

from marketplace.accounts.models import Membership
from qualification import verifications
from qualification.fetcher import FetchResult
from qualification.gaiax import bounds, did, resolve, sandbox
from qualification.models import GaiaxVerification
from qualification.models.gaiax import KEPT
from tests.builders import make_member
from tests.qualification.gaiax.vectors import NOW, PEM, PROVIDER, Bundle
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/gaiax/verifications/"


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_manager")


@pytest.fixture(autouse=True)
def at_the_vectors_time() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def post(member: Membership | None, body: str, content_type: str = "application/json") -> Any:
    return client_for_token(member).post(URL, body, content_type=content_type)


def run(row: GaiaxVerification) -> bool:
    """As a worker does. Leases go by the database's clock, which nobody set to the vectors' time."""
    GaiaxVerification.objects.update(due_at=NOW - dt.timedelta(days=365))
    return verifications.run_verification(row.pk)


def enveloped(bundle: Bundle, **more: Any) -> str:
    text = bundle.text()
    credential = text if bundle.generation == "loire" else json.loads(text)
    given = {"did_documents": list(bundle.documents.values()), "anchors": [bundle.anchors]}
    return json.dumps({"credential": credential, **given, **more})


def test_a_stranger_is_asked_who_he_is() -> None:
    problem_of(post(None, "{}"), 401)


@pytest.mark.parametrize("generation", ["loire", "tagus"])
def test_with_documents_and_anchors_the_answer_comes_at_once(member: Membership, generation: str) -> None:
    response = post(member, enveloped(Bundle.of(generation)))
    assert response.status_code == 200
    body = response.json()
    assert {name: body[name] for name in ("id", "state", "generation", "verdict", "anchors")} == {
        "id": None,
        "state": "done",
        "generation": generation,
        "verdict": "pass",
        "anchors": "supplied",
    }
    assert [(check["id"], check["verdict"], check["path"]) for check in body["checks"]][:2] == [
        ("format", "pass", ""),
        ("context", "pass", ""),
    ]
    assert not GaiaxVerification.objects.exists()


@pytest.mark.parametrize(
    "content_type", ["application/jwt", "application/vc+jwt", "application/vp+jwt", "text/plain"]
)
def test_a_jwt_is_its_own_body(member: Membership, content_type: str) -> None:
    text = Bundle.of("loire").text()
    response = post(member, text, content_type)
    assert response.status_code == 202
    assert GaiaxVerification.objects.get().text == text


def test_a_json_credential_is_kept_as_it_was_written(member: Membership) -> None:
    text = Bundle.of("tagus").text().replace('"type": ', '"type" :\n ')
    assert post(member, text).status_code == 202
    assert GaiaxVerification.objects.get().text == text


def test_a_worker_fetches_judges_and_the_result_is_polled(
    member: Membership, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    bundle = Bundle.of("loire")
    document, chain = x5u_document(bundle)
    pages = {
        did.url_of(one): json.dumps(doc) for one, doc in {**bundle.documents, PROVIDER: document}.items()
    }
    pages |= chain
    monkeypatch.setattr(resolve, "fetch", None)
    monkeypatch.setattr(verifications.resolve, "documents_of", with_get(resolve.documents_of, pages))
    monkeypatch.setattr(verifications.resolve, "chains_of", with_get(resolve.chains_of, pages))
    anchors = tmp_path / "anchors.pem"
    anchors.write_text(bundle.anchors)
    response = post(member, bundle.text(), "application/vp+jwt")
    place = response["Location"]
    client = client_for_token(member)
    waiting = client.get(place)
    assert (waiting.status_code, waiting.json()["state"], waiting.json()["checks"]) == (200, "pending", [])
    row = GaiaxVerification.objects.get()
    with override_settings(GAIAX_ANCHORS_FILE=str(anchors)):
        assert run(row)
    body = client.get(place).json()
    assert (body["id"], body["state"], body["verdict"], body["anchors"]) == (
        str(row.uuid),
        "done",
        "pass",
        "configured",
    ), body
    # Once judged, a second bell does nothing.
    assert not run(row)


def x5u_document(bundle: Bundle) -> tuple[dict[str, Any], dict[str, str]]:
    url = "https://fournisseur.example/chaine.pem"
    document = bundle.signers[PROVIDER].document(x5u=url)
    del document["verificationMethod"][0]["publicKeyJwk"]["x5c"]
    return document, {url: bundle.signers[PROVIDER].certificate.public_bytes(PEM).decode()}


def with_get(function: Any, pages: dict[str, str]) -> Any:
    def get(url: str, **_: Any) -> FetchResult:
        if url not in pages:
            return FetchResult(url, "unresolved")
        return FetchResult(url, status=200, body=pages[url].encode())

    return lambda given, **_: function(given, get=get)


def test_what_cannot_be_fetched_is_unknown(member: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifications.resolve, "documents_of", with_get(resolve.documents_of, {}))
    post(member, Bundle.of("loire").text(), "application/vp+jwt")
    row = GaiaxVerification.objects.get()
    run(row)
    row.refresh_from_db()
    assert (row.report["verdict"], row.report["anchors"]) == ("unknown", "none")


def test_our_own_failure_is_tried_again_then_unknown(
    member: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: str) -> list[str]:
        raise RuntimeError("panne")

    monkeypatch.setattr(sandbox, "needs_apart", broken)
    row = GaiaxVerification.objects.create(organisation=member.organisation, text="{}")
    for _ in range(GaiaxVerification.MAX_ATTEMPTS):
        assert run(row)
    row.refresh_from_db()
    assert row.report["verdict"] == "unknown"
    assert row.is_over


def test_another_organisation_does_not_see_it(member: Membership) -> None:
    row = GaiaxVerification.objects.create(organisation=member.organisation, text="{}")
    other = make_member("supplier_manager")
    problem_of(client_for_token(other).get(f"{URL}{row.uuid}/"), 404)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"credential": 3}, "credential"),
        ({"credential": ""}, "credential"),
        ({"credential": "x" * (bounds.DOCUMENT + 1)}, "credential"),
        ({"did_documents": "{"}, "did_documents"),
        ({"did_documents": 3}, "did_documents"),
        ({"did_documents": [{"sans": "id"}]}, "did_documents"),
        ({"anchors": "pas du PEM"}, "anchors"),
        ({"anchors": [3]}, "anchors"),
        ({"anchors": {"a": 1}}, "anchors"),
        ({"autre": 1}, "autre"),
    ],
)
def test_bad_input_is_named(member: Membership, change: dict[str, Any], field: str) -> None:
    response = post(member, enveloped(Bundle.of("loire"), **change))
    assert faults(response) == {field}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ('{"a": 1, "a": 2}', "application/json", 400),
        ("é.b.c", "application/jwt", 400),
        ("<a/>", "application/xml", 415),
        ("x" * 2_600_000, "application/jwt", 413),
    ],
)
def test_a_body_that_cannot_be_read(member: Membership, body: str, content_type: str, status: int) -> None:
    problem_of(post(member, body, content_type), status)


CREDENTIAL = '{"@context": [], "type": "VerifiableCredential"}'


def test_a_minute_allows_so_many(member: Membership, settings: Any) -> None:
    settings.GAIAX_PER_MINUTE = 2
    assert [post(member, CREDENTIAL).status_code for _ in range(2)] == [202, 202]
    response = post(member, CREDENTIAL)
    problem = problem_of(response, 429)
    assert problem["code"] == "too_many_verifications"
    assert 1 <= int(response["Retry-After"]) <= 60
    other = make_member("supplier_manager")
    assert post(other, CREDENTIAL).status_code == 202


def test_what_was_sent_is_forgotten_after_a_week(member: Membership) -> None:
    old = GaiaxVerification.objects.create(
        organisation=member.organisation, text="{}", created_at=NOW - KEPT - KEPT
    )
    new = GaiaxVerification.objects.create(organisation=member.organisation, text="{}")
    verifications.sweep_verifications()
    assert list(GaiaxVerification.objects.all()) == [new]
    assert old.pk != new.pk


@pytest.mark.parametrize("body", ["[]", '"texte"', "null", "{}", '{"champ_inconnu": 1}'])
def test_a_body_that_is_no_credential_is_refused_with_what_to_send(member: Membership, body: str) -> None:
    problem = problem_of(post(member, body), 400)
    assert "titre" in problem["detail"]
