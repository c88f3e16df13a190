"""The catalogue in DCAT-AP 3: catalogue, datasets, their files, the API, and each offer as a resource.

https://semiceu.github.io/DCAT-AP/releases/3.0.0/ : classes and mandatory properties. An offer is a service
that people buy, not an API: `dcat:Resource` and `schema:Service`, never `dcat:DataService`.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Max
from django.urls import reverse

from catalog.models import Offer, Supplier
from catalog.models.change import Standing
from catalog.opendata.datasets import CHUNK, DATASETS, MEDIA_TYPES, DataSet
from catalog.opendata.licence import LICENCE_NAME, LICENCE_URL, absolute, publisher
from catalog.opendata.rdf import Node, french, ref, typed

EU = "http://publications.europa.eu/resource/authority"
IANA = "https://www.iana.org/assignments/media-types"
FRENCH, PUBLIC = f"{EU}/language/FRA", f"{EU}/access-right/PUBLIC"
THEMES = [f"{EU}/data-theme/GOVE", f"{EU}/data-theme/TECH"]
FILE_TYPES = {"json": "JSON", "csv": "CSV"}


def nodes(now: Standing) -> Iterator[Node]:
    yield from _about(now)
    for dataset in DATASETS.values():
        yield from _dataset(dataset, now)
    yield from _suppliers()
    yield from _offers()


def _page() -> str:
    return absolute(reverse("catalog:open_data"))


def _catalogue() -> Node:
    return ref(f"{_page()}#catalogue")


def _publisher() -> Node:
    return ref(f"{absolute('/')}#editeur")


def _api() -> Node:
    return ref(f"{_page()}#api")


def _about(now: Standing) -> Iterator[Node]:
    yield {
        **_catalogue(),
        "@type": ["dcat:Catalog"],
        "dct:title": french(f"{publisher()} : données ouvertes"),
        "dct:description": french("Les offres cloud publiques, leurs prix, leurs qualifications et labels."),
        "dct:publisher": _publisher(),
        "dct:license": ref(LICENCE_URL),
        "dct:language": ref(FRENCH),
        "dct:spatial": ref(f"{EU}/country/FRA"),
        "foaf:homepage": ref(_page()),
        "dcat:dataset": [ref(_dataset_id(one)) for one in DATASETS.values()],
        "dcat:service": _api(),
        **_modified(now),
    }
    yield {**ref(_page()), "@type": ["foaf:Document"]}
    yield {**_publisher(), "@type": ["foaf:Agent"], "foaf:name": french(publisher())}
    yield {**ref(LICENCE_URL), "@type": ["dct:LicenseDocument"], "dct:title": french(LICENCE_NAME)}
    yield {
        **_api(),
        "@type": ["dcat:DataService"],
        "dct:title": french("API de la place de marché"),
        "dcat:endpointURL": ref(absolute("/api/v1/")),
        "dcat:endpointDescription": ref(absolute(reverse("api:schema"))),
        "dcat:servesDataset": [ref(_dataset_id(one)) for one in DATASETS.values()],
        "dct:license": ref(LICENCE_URL),
        "dct:publisher": _publisher(),
        "dct:accessRights": ref(PUBLIC),
    }


def _modified(now: Standing) -> Node:
    if now.latest_at is None:
        return {}
    return {"dct:modified": typed(now.latest_at.isoformat(timespec="seconds"), "xsd:dateTime")}


def _dataset_id(one: DataSet) -> str:
    return f"{_page()}#{one.name}"


def _dataset(one: DataSet, now: Standing) -> Iterator[Node]:
    files = {fmt: absolute(reverse("api:open-data-file", args=[f"{one.name}.{fmt}"])) for fmt in one.formats}
    yield {
        **ref(_dataset_id(one)),
        "@type": ["dcat:Dataset"],
        "dct:title": french(one.title),
        "dct:description": french(one.description),
        "dct:identifier": {"@value": one.name},
        "dct:publisher": _publisher(),
        "dct:accessRights": ref(PUBLIC),
        "dct:language": ref(FRENCH),
        "dct:accrualPeriodicity": ref(f"{EU}/frequency/UPDATE_CONT"),
        "dcat:landingPage": ref(_page()),
        "dcat:theme": [ref(theme) for theme in THEMES],
        "dcat:keyword": [french(word) for word in one.keywords],
        "dcat:distribution": [ref(f"{_dataset_id(one)}-{fmt}") for fmt in files],
        **_modified(now),
    }
    for fmt, address in files.items():
        yield _distribution(one, fmt, address)


def _distribution(one: DataSet, fmt: str, address: str) -> Node:
    node = {
        **ref(f"{_dataset_id(one)}-{fmt}"),
        "@type": ["dcat:Distribution"],
        "dct:title": french(f"{one.title}, {fmt.upper()}"),
        "dcat:accessURL": ref(address),
        "dcat:downloadURL": ref(address),
        "dcat:mediaType": ref(f"{IANA}/{MEDIA_TYPES[fmt]}"),
        "dcat:accessService": _api(),
        "dct:license": ref(LICENCE_URL),
    }
    return node | ({"dct:format": ref(f"{EU}/file-type/{FILE_TYPES[fmt]}")} if fmt in FILE_TYPES else {})


def _suppliers() -> Iterator[Node]:
    for supplier in Supplier.objects.with_public_offers().order_by("pk").iterator(chunk_size=CHUNK):
        yield {
            **_supplier_id(supplier),
            "@type": ["foaf:Agent"],
            "foaf:name": french(supplier.legal_name or supplier.name),
            "foaf:page": ref(absolute(supplier.get_absolute_url())),
        }


def _supplier_id(supplier: Supplier) -> Node:
    return ref(f"{absolute(supplier.get_absolute_url())}#fournisseur")


def _offers() -> Iterator[Node]:
    rows = Offer.objects.public().select_related("supplier", "category")
    dated = rows.annotate(changed_at=Max("changes__at")).order_by("pk")
    for offer in dated.iterator(chunk_size=CHUNK):
        page = absolute(offer.get_absolute_url())
        described = {"dct:description": french(offer.description)} if offer.description else {}
        words = [*offer.service_models, *([offer.category.label] if offer.category else [])]
        yield {
            **ref(f"{page}#offre"),
            "@type": ["dcat:Resource", "schema:Service"],
            "dct:title": french(offer.name),
            **described,
            "dct:identifier": {"@value": str(offer.uuid)},
            "dct:publisher": _supplier_id(offer.supplier),
            "schema:provider": _supplier_id(offer.supplier),
            "dcat:landingPage": ref(page),
            **({"dcat:keyword": [french(word) for word in words]} if words else {}),
            "dct:modified": typed(offer.changed_at.isoformat(timespec="seconds"), "xsd:dateTime"),
        }
        yield {**_catalogue(), "dcat:resource": ref(f"{page}#offre")}
