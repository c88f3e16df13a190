"""Against the official contexts, shapes and examples, where they are at hand beside the checkout."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from pyld import jsonld

from qualification.gaiax import contexts, did, graph
from qualification.gaiax.material import Material
from qualification.gaiax.report import UNKNOWN
from qualification.gaiax.verify import verify
from tests.qualification.gaiax.test_verify import verdicts

pytestmark = pytest.mark.shared
WHEN = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
# What the README beside the examples states; the others are judged without an expected shape.
STATED = {
    "tagus-examples/service-offering-vp.json": "pass",
    "tagus-examples/participant-vp.json": "pass",
    "tagus-examples/service-offering-and-ressources-vp.json": "pass",
    "tagus-examples/service-offering-label-level-1.json": "pass",
    "tagus-examples/service-offering-label-level-1-invalid.json": "pass",
    "tagus-examples/service-offering-vp-providedBy-absent.json": "fail",
    "loire-examples/vp-legal-person-missing-required.json": "fail",
}
UNSTATED = (
    "tagus-examples/participant-vp-faulty-missing-proof.json",
    "tagus-examples/compliance-credential-gxdch-ces-event.json",
    "loire-examples/legal-person-valid.json",
    "loire-examples/service-offering-and-data-product-valid.json",
)


@pytest.mark.parametrize("name", [*STATED, *UNSTATED])
def test_an_example_has_the_shape_verdict_stated_and_no_key(shared: Path, name: str) -> None:
    report = verify((shared / "gaiax" / name).read_text(), Material(), now=WHEN)
    said = verdicts(report)
    assert said["signature"] == UNKNOWN
    assert report.generation == name.partition("-")[0]
    assert said["shape"] == STATED.get(name, said["shape"]), report.checks


def test_a_label_denied_breaks_a_rule_not_a_shape(shared: Path) -> None:
    folder = shared / "gaiax" / "tagus-examples"
    good, bad = (
        verify((folder / f"service-offering-label-level-1{end}.json").read_text(), Material(), now=WHEN)
        for end in ("", "-invalid")
    )
    assert (verdicts(good)["rules"], verdicts(bad)["rules"]) == ("pass", "fail")


def test_two_loire_examples_conform_together(shared: Path) -> None:
    folder = shared / "gaiax" / "loire-examples"
    documents = [json.loads(path.read_text()) for path in sorted(folder.glob("*-valid.json"))]
    report = verify(json.dumps(documents), Material(), now=WHEN)
    assert len(documents) == 2
    assert verdicts(report)["shape"] == "pass"
    # Written with contexts of their own, which a credential may not have.
    assert verdicts(report)["context"] == "fail"


def test_the_did_document_of_the_examples_is_read(shared: Path) -> None:
    document = json.loads((shared / "gaiax/loire-examples/did-web-document.json").read_text())
    assert did.by_did([document]) == {"did:web:did-server": document}
    assert did.url_of("did:web:did-server") == "https://did-server/.well-known/did.json"


def credentials(shared: Path) -> list[dict[str, Any]]:
    found = []
    for path in sorted((shared / "gaiax/tagus-examples").glob("*-vp.json")):
        found += json.loads(path.read_text())["verifiableCredential"]
    return [{name: value for name, value in one.items() if name != "proof"} for one in found]


def test_our_contexts_give_the_canonical_form_of_the_official_ones(shared: Path) -> None:
    files = {
        contexts.VC1: "w3c-credentials-v1",
        contexts.JWS2020: "w3id-jws-2020-v1",
        contexts.TAGUS: "gaiax-trustframework-2210",
    }
    folder = shared / "gaiax/contexts"
    official = {url: json.loads((folder / f"{name}.jsonld").read_text()) for url, name in files.items()}

    def load(url: str, options: object = None) -> dict[str, Any]:
        document = {"@context": official[url]["@context"]}
        return {"contextUrl": None, "documentUrl": url, "document": document}

    compared = credentials(shared)
    assert len(compared) >= 8
    for document in compared:
        theirs = jsonld.normalize(
            document, {"documentLoader": load, "algorithm": "URDNA2015", "format": "application/n-quads"}
        )
        ours = jsonld.normalize(
            graph.expand(document), {"algorithm": "URDNA2015", "format": "application/n-quads"}
        )
        assert ours == theirs
