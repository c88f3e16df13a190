"""What everybody reads: valid for the official schemas, whole, paged, dated, never a draft."""

import gzip
import hashlib
import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

from marketplace.accounts.actors import Actor
from procurement.models import PublicationFile
from procurement.publication import actions as publications
from procurement.publication import duty
from procurement.publication.files import forget_old, make_missing, path_of
from tests.procurement.order_builders import make_purchase
from tests.procurement.publication.publication_builders import dearer, make_publication, purchasing_of
from tests.procurement.publication.publication_facts import decp_validator, ocds_errors
from tests.rest.builders import faults

pytestmark = pytest.mark.django_db
DECP, RELEASES = "/api/v1/publication/decp/", "/api/v1/publication/ocds/releases/"
FILES, PAGE = "/api/v1/publication/files/", "/donnees/marches/"


@pytest.fixture
def purchase():
    return make_purchase()


@pytest.fixture
def actor(purchase):
    return Actor.of(purchasing_of(purchase))


@pytest.fixture
def three(purchase, actor):
    """Two published, the first of them modified, and a draft."""
    first = make_publication("published", purchase=purchase, actor=actor, reference="2026-A")
    second = make_publication("published", purchase=purchase, actor=actor, reference="2026-B")
    draft = make_publication(purchase=purchase, actor=actor, reference="2026-C", object="Objet du brouillon")
    publications.modify(first, actor=actor, change=dearer(), attested=True)
    return first, second, draft


def read(url, **headers):
    answer = APIClient().get(url, headers=headers)
    assert answer.status_code == 200, answer.content[:300]
    return answer


def body(answer):
    return b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()


@pytest.mark.shared
def test_the_export_is_valid_whole_and_holds_no_draft(shared, three):
    answer = read(DECP)
    assert answer.streaming
    document = json.loads(body(answer))
    decp_validator(shared).validate(document)
    found = document["marches"]["marche"]
    assert [each["id"] for each in found] == ["2026-A", "2026-B"]
    assert [len(each.get("modifications", [])) for each in found] == [1, 0]


@pytest.mark.shared
def test_an_empty_export_is_as_valid_as_may_be(shared):
    decp_validator(shared).validate(json.loads(body(read(DECP))))
    # The standard knows no package without a release: only that is said of it.
    (error,) = ocds_errors(shared, "release-package", read(RELEASES).json())
    assert "non-empty" in error


def test_pages_give_the_same_as_the_whole(shared, three):
    found, url = [], f"{DECP}?page_size=1"
    while url:
        answer = read(url)
        found += json.loads(body(answer))["marches"]["marche"]
        links = dict(reversed(part.split("; ")) for part in answer["Link"].split(", "))
        url = links.get('rel="next"', "").strip("<>")
        assert len(found) < 5
    assert found == json.loads(body(read(DECP)))["marches"]["marche"]


def test_one_buyer_alone(three):
    make_publication("published")
    siret = three[0].buyer_siret
    found = json.loads(body(read(f"{DECP}?buyer={siret}")))["marches"]["marche"]
    assert {each["acheteur"]["id"] for each in found} == {siret} and len(found) == 2
    assert faults(APIClient().get(f"{DECP}?buyer=12")) == {"buyer"}


@pytest.mark.parametrize("query", ["page_size=0", "page_size=101", "page_size=un", "cursor=zzz"])
def test_bad_pages_are_refused_by_name(query):
    for url in (DECP, RELEASES):
        assert faults(APIClient().get(f"{url}?{query}")) == {query.split("=")[0]}


def test_not_modified_until_something_is_released(three, actor):
    etag = read(DECP)["ETag"]
    assert APIClient().get(DECP, headers={"if-none-match": etag}).status_code == 304
    publications.modify(three[1], actor=actor, change=dearer(), attested=True)
    assert APIClient().get(DECP, headers={"if-none-match": etag}).status_code == 200


@pytest.mark.shared
def test_releases_in_their_order_and_a_record_of_each_process(shared, three):
    package = read(RELEASES).json()
    assert ocds_errors(shared, "release-package", package) == []
    first, second, _ = three
    expected = [f"{first.ocid}-0001", f"{second.ocid}-0001", f"{first.ocid}-0002"]
    assert [each["id"] for each in package["releases"]] == expected
    found, url = [], f"{RELEASES}?page_size=2"
    while url:
        page = read(url).json()
        found += page["releases"]
        url = page.get("links", {}).get("next")
    assert found == package["releases"]
    record = read(f"/api/v1/publication/ocds/records/{first.ocid}/").json()
    assert ocds_errors(shared, "record-package", record) == []
    assert record["records"][0]["compiledRelease"]["contracts"][0]["value"]["amount"] == 60000
    assert len(record["records"][0]["releases"]) == 2


def test_a_draft_has_no_record_and_no_page(three):
    draft = three[2]
    assert APIClient().get(f"/api/v1/publication/ocds/records/{draft.ocid}/").status_code == 404
    assert Client().get(f"{PAGE}{draft.ocid}/").status_code == 404
    assert "Objet du brouillon" not in Client().get(PAGE).content.decode()


def test_files_of_the_night_with_their_checksums(three):
    day = duty.limit_of(three[0].notified_on)
    made = make_missing(on=day)
    assert [(file.kind, file.rows) for file in made] == [
        ("decp", 2),
        ("ocds-releases", 3),
        ("ocds-records", 2),
    ]
    assert make_missing(on=day) == []
    listed = {file["name"]: file for file in read(FILES).json()}
    sums = dict(reversed(line.split("  ")) for line in body(read(f"{FILES}SHA256SUMS")).splitlines())
    for file in made:
        content = b"".join(read(f"{FILES}{file.name}").streaming_content)
        assert (
            hashlib.sha256(content).hexdigest()
            == file.sha256
            == sums[file.name]
            == listed[file.name]["sha256"]
        )
        assert len(content) == file.size
    whole = json.loads(gzip.decompress(path_of(made[0]).read_bytes()))
    assert whole == json.loads(body(read(DECP)))
    lines = gzip.decompress(path_of(made[2]).read_bytes()).decode().splitlines()
    assert [json.loads(line)["ocid"] for line in lines] == [each.ocid for each in three[:2]]
    page = Client().get(PAGE).content.decode()
    assert all(file.sha256 in page for file in made)


def test_a_file_lost_is_made_again_and_old_ones_are_forgotten(three):
    day = duty.limit_of(three[0].notified_on)
    (first, *_) = make_missing(on=day)
    path_of(first).unlink()
    assert APIClient().get(f"{FILES}{first.name}").status_code == 404
    assert [file.name for file in make_missing(on=day)] == [first.name]
    later = duty.limit_of(day)
    assert forget_old(on=later) == 3
    assert not PublicationFile.objects.exists() and not path_of(first).exists()


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd", "decp-2026-01-01.json.gz", "decp.json"])
def test_no_other_file_is_given(name):
    assert APIClient().get(f"{FILES}{name}").status_code == 404


def test_the_public_page_of_a_contract(three):
    text = Client().get(f"{PAGE}{three[0].ocid}/").content.decode()
    assert "Messagerie d’essai" in text and three[0].buyer.name in text and "60000" in text
    # Whether a holder is a person decides what is shown; the answer itself is not shown.
    assert "personne physique" not in text
