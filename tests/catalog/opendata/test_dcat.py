"""The catalogue in DCAT-AP 3: two writings of one graph, its mandatory properties, hostile texts."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from rest_framework.test import APIClient

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pyshacl
    from rdflib import Graph, URIRef
    from rdflib.compare import isomorphic
    from rdflib.namespace import DCAT, DCTERMS, RDF

from catalog.enums import OfferState
from catalog.opendata.rdf import ref
from tests.catalog.builders import make_offer, make_supplier

SHAPES = Path(__file__).with_name("dcat_ap_3_mandatory.ttl")
HOSTILE = 'Nom "cité" \\ <b>\n@fr . <urn:x> a <urn:y>'
RESOURCE = URIRef("http://www.w3.org/ns/dcat#resource")  # of DCAT 3; the library's list stops at 2
pytestmark = [
    pytest.mark.django_db,
    # Of the libraries that judge, not of ours.
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


def graph(fmt: str) -> Graph:
    answer = APIClient().get(f"/api/v1/open-data/dcat.{fmt}")
    assert answer.status_code == 200, answer.content
    body = b"".join(answer.streaming_content).decode()
    return Graph().parse(data=body, format="json-ld" if fmt == "jsonld" else "turtle")


def judged(data: Graph) -> tuple[bool, str]:
    ok, _, said = pyshacl.validate(data, shacl_graph=Graph().parse(SHAPES), advanced=False)
    return ok, said


@pytest.mark.parametrize(("fmt", "media_type"), [("jsonld", "application/ld+json"), ("ttl", "text/turtle")])
def test_the_mandatory_properties_of_the_profile_are_there(fmt: str, media_type: str) -> None:
    make_offer(supplier=make_supplier(name="Fournisseur Exemple"))
    assert APIClient().get(f"/api/v1/open-data/dcat.{fmt}")["Content-Type"].startswith(media_type)
    ok, said = judged(graph(fmt))
    assert ok, said


def test_the_shapes_refuse_what_lacks_a_mandatory_property() -> None:
    make_offer()
    data = graph("ttl")
    (service,) = data.subjects(RDF.type, DCAT.DataService)
    data.remove((service, DCAT.endpointURL, None))
    ok, said = judged(data)
    assert not ok
    assert "endpointURL" in said


def test_both_writings_say_the_same_even_of_hostile_texts() -> None:
    make_offer(answers={"name": HOSTILE, "description": 'Ligne\n\t"deux" \\u0041 é 🙂'})
    turtle, json_ld = graph("ttl"), graph("jsonld")
    assert isomorphic(turtle, json_ld)
    titles = {str(title) for title in turtle.objects(None, DCTERMS.title)}
    assert HOSTILE in titles
    assert (URIRef("urn:x"), None, None) not in turtle


def test_addresses_hold_nothing_that_ends_them() -> None:
    assert ref("https://a.example/> a <b\n{}") == {"@id": "https://a.example/%3E%20a%20%3Cb%0A%7B%7D"}


def test_only_public_offers_are_resources_and_none_is_an_api() -> None:
    offer = make_offer()
    for state in (OfferState.DRAFT, OfferState.WITHDRAWN, OfferState.REMOVED):
        make_offer(state=state)
    data = graph("ttl")
    resources = set(data.objects(None, RESOURCE))
    assert resources == {URIRef(f"http://localhost:8000{offer.get_absolute_url()}#offre")}
    assert (next(iter(resources)), RDF.type, DCAT.DataService) not in data


def test_every_file_of_the_index_is_a_distribution() -> None:
    index = APIClient().get("/api/v1/open-data/").json()
    urls = {one["url"] for dataset in index["datasets"] for one in dataset["files"]}
    assert {str(url) for url in graph("jsonld").objects(None, DCAT.downloadURL)} == urls


def test_unchanged_is_said_without_sending_it() -> None:
    make_offer()
    first = APIClient().get("/api/v1/open-data/dcat.ttl")
    again = APIClient().get("/api/v1/open-data/dcat.ttl", HTTP_IF_NONE_MATCH=first["ETag"])
    assert again.status_code == 304
