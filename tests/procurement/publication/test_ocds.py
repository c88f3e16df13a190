"""OCDS against the official schemas, libcoveocds, and merged by ocdsmerge: three independent judges."""

import datetime as dt
import json
import shutil
import zipfile
from dataclasses import replace
from decimal import Decimal

import json_merge_patch
import ocdsmerge
import pytest
from libcoveocds.api import ocds_json_output
from libcoveocds.config import LibCoveOCDSConfig
from ocdsextensionregistry.extension_version import ExtensionVersion

from procurement.publication import ocds
from procurement.publication.facts import (
    Asked,
    AwardFacts,
    ChangeFacts,
    ConsultationFacts,
    EndFacts,
    Holder,
    LotAsked,
    OpenDocument,
)
from tests.procurement.publication.publication_facts import LOTS, VAT, WHOLE, issue, ocds_errors, whole

CONSULTED = ConsultationFacts(
    opened_at=dt.datetime(2026, 8, 1, 9, tzinfo=dt.UTC),
    closes_at=dt.datetime(2026, 9, 1, 12, tzinfo=dt.UTC),
    tenderers=3,
    decided_on=dt.date(2026, 9, 20),
    criteria="Prix 60 %, qualité 30 %, environnement 10 %.",
)
ASKED = replace(
    CONSULTED,
    tenderers=None,
    decided_on=None,
    title="Hébergement d’essai",
    description="Un service d’hébergement.",
    method="open",
    procedure="Procédure adaptée",
    questions_from=CONSULTED.opened_at,
    questions_until=dt.datetime(2026, 8, 20, 12, tzinfo=dt.UTC),
    lots=(LotAsked(1, "Calcul", "Des machines."), LotAsked(2, "Stockage")),
    items=(
        Asked(1, 1, "Machine", Decimal(1000), "heure"),
        Asked(1, 2, "Reprise", Decimal(1), "forfait"),
        Asked(2, 1, "Go", Decimal("10.5"), "Go"),
    ),
    documents=(
        OpenDocument(
            "notice", "tenderNotice", "Avis", "https://place.example/consultations/CNS-1/", "text/html",
            dt.datetime(2026, 8, 1, 9, tzinfo=dt.UTC),
        ),
    ),
    url="https://place.example/consultations/CNS-1/",
)  # fmt: skip
PACKAGE = ocds.Package(
    uri="https://place.example/api/v1/publication/ocds/releases/",
    publisher="Place d’essai",
    publisher_uri="https://place.example",
    license="https://spdx.org/licenses/etalab-2.0",
    published_at="2026-11-26T00:00:00Z",
    next_uri="https://place.example/api/v1/publication/ocds/releases/?cursor=abc",
)


def story():
    """A contract notified, made dearer, then taken over by another holder."""
    first = ocds.notified(issue(1), whole(framework_id="AC-7"), CONSULTED)
    dearer = ChangeFacts(dt.date(2026, 11, 1), amount_eur_ht=Decimal("60000.10"), rationale="Besoin accru.")
    second = ocds.amended(issue(2), first, dearer)
    other = (Holder("TVA", VAT, "Autre Nuage Exemple"),)
    third = ocds.amended(
        issue(3),
        second,
        ChangeFacts(dt.date(2026, 11, 9), duration_months=18, holders=other, holder_is_person=False),
    )
    return [first, second, third]


def consulted_story():
    """Two lots asked of all, the deadline put off, both awarded, contracted one after the other, one made
    dearer."""
    asked = ocds.tendered(issue(1), WHOLE.buyer, ASKED)
    later = replace(ASKED, closes_at=dt.datetime(2026, 9, 8, 12, tzinfo=dt.UTC))
    changed = ocds.tender_amended(issue(2), asked, WHOLE.buyer, later, rationale="Une semaine de plus.")
    facts = AwardFacts("Calcul", WHOLE.holders, Decimal("57500.50"), dt.date(2026, 9, 20), 3)
    won = ocds.awarded(issue(3), changed, facts)
    other = (Holder("TVA", VAT),)
    won_too = ocds.awarded(issue(4, lot=2), won, replace(facts, title="Stockage", holders=other))
    after = replace(later, tenderers=3, decided_on=dt.date(2026, 9, 20))
    first = ocds.notified(issue(5), WHOLE, after, before=won_too)
    second = ocds.notified(
        issue(6, lot=2), whole(holders=other, object="Stockage d’essai", cpv="72317000"), after, before=first
    )
    dearer = ChangeFacts(dt.date(2026, 11, 1), amount_eur_ht=Decimal("60000.10"), rationale="Besoin accru.")
    return [asked, changed, won, won_too, first, second, ocds.amended(issue(7, lot=2), second, dearer)]


CANCELLED = EndFacts("cancelled", "Besoin abandonné.", dt.date(2026, 9, 21))
FRUITLESS = EndFacts("unsuccessful", "Aucune réponse ne convient.", dt.date(2026, 9, 21))


def ended_story():
    """One lot ends alone before its time, the other once judged; the consultation ends with it."""
    asked = ocds.tendered(issue(1), WHOLE.buyer, ASKED)
    first = ocds.lot_ended(issue(2, lot=2), asked, CANCELLED)
    later = replace(ASKED, closes_at=dt.datetime(2026, 9, 8, 12, tzinfo=dt.UTC))
    changed = ocds.tender_amended(issue(3), first, WHOLE.buyer, later, rationale="Une semaine de plus.")
    return [asked, first, changed, ocds.tender_ended(issue(4), changed, FRUITLESS)]


def half_awarded_story():
    """The second lot ends, the first one has its contract: nothing was told of it before."""
    asked = ocds.tendered(issue(1), WHOLE.buyer, ASKED)
    ended = ocds.lot_ended(issue(2, lot=2), asked, FRUITLESS)
    return [asked, ended, ocds.notified(issue(3), WHOLE, CONSULTED, before=ended)]


STORIES = [story, consulted_story, ended_story, half_awarded_story]


@pytest.fixture(autouse=True)
def _extension(monkeypatch):
    """The lots extension as libcoveocds would read it from its address."""
    found = {"release-schema.json": json.dumps(LOTS), "extension.json": "{}"}
    monkeypatch.setattr(ExtensionVersion, "files", property(lambda self: found))


@pytest.fixture(scope="module")
def standard(shared, tmp_path_factory):
    """The standard's own archive, as libcoveocds wants it, from the files beside the checkout."""
    path = tmp_path_factory.mktemp("standard") / "standard.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.mkdir("standard-1__1__5")
        for file in (shared / "ocds").glob("*.json"):
            archive.write(file, f"standard-1__1__5/schema/{file.name}")
        for file in (shared / "ocds" / "codelists").glob("*.csv"):
            archive.write(file, f"standard-1__1__5/schema/codelists/{file.name}")
    return path


def judged(standard, folder, package):
    config = LibCoveOCDSConfig()
    config.config |= {"context": "api", "standard_zip": standard.as_uri()}
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return ocds_json_output(str(folder), None, "1.1", json_data=package, lib_cove_ocds_config=config)


@pytest.mark.shared
@pytest.mark.parametrize("tell", STORIES)
def test_releases_are_valid_for_the_schema_and_for_libcoveocds(shared, standard, tmp_path, tell):
    releases = tell()
    for release in releases:
        assert ocds_errors(shared, "release", release) == []
    package = {**PACKAGE.head(), "releases": releases}
    assert ocds_errors(shared, "release-package", package) == []
    verdict = judged(standard, tmp_path / "cove", package)
    assert verdict["validation_errors"] == []
    assert not verdict.get("additional_closed_codelist_values")
    assert not verdict["extensions"]["invalid_extension"]
    unknown = {field["field"] for field in verdict.get("additional_fields", [])}
    assert unknown <= {"links", "next"}, "each field is of the standard or of its lots extension"


@pytest.mark.shared
def test_libcoveocds_would_see_a_fault(standard, tmp_path):
    faulty = {**PACKAGE.head(), "releases": [{**story()[0], "date": "hier", "initiationType": "autre"}]}
    assert judged(standard, tmp_path / "cove", faulty)["validation_errors"]
    told = ended_story()[1]
    lots = [{**lot, "status": "terminé"} for lot in told["tender"]["lots"]]
    faulty["releases"] = [{**told, "tender": {**told["tender"], "lots": lots}}]
    assert judged(standard, tmp_path / "cove", faulty)["additional_closed_codelist_values"]


@pytest.mark.shared
@pytest.mark.parametrize("tell", STORIES)
def test_a_record_is_valid_and_compiled_as_the_standard_merges(shared, tell):
    """The newest release says all that is public: merging by the standard's own rules gives the same."""
    releases = tell()
    record = ocds.record(releases)
    package = {**PACKAGE.head(), "records": [record]}
    assert ocds_errors(shared, "record-package", package) == []
    schema = ocds_schema(shared)
    for count in range(1, len(releases) + 1):
        merged = ocdsmerge.Merger(schema).create_compiled_release(releases[:count])
        assert normal(ocds.compiled(releases[:count])) == normal(merged)


def ocds_schema(shared):
    """With the lots extension."""
    schema = json.loads((shared / "ocds" / "release-schema.json").read_text())
    return json_merge_patch.merge(schema, LOTS)


def normal(release):
    """Without the order of keys."""
    return {key: release[key] for key in sorted(release)}


def test_one_ocid_for_all_and_no_identifier_twice():
    releases = story()
    assert {each["ocid"] for each in releases} == {"ocds-000000-PUB-2026-0001"}
    assert len({each["id"] for each in releases}) == 3
    assert [each["tag"] for each in releases] == [
        ["tender", "award", "contract"],
        ["contractAmendment"],
        ["contractAmendment"],
    ]


def test_what_changed_is_an_amendment_and_the_past_stays():
    first, second, third = story()
    assert first["contracts"][0]["value"]["amount"] == 57500.5
    assert "amendments" not in first["contracts"][0]
    contract = third["contracts"][0]
    assert contract["value"]["amount"] == 60000.1
    assert contract["period"]["durationInDays"] == (dt.date(2028, 4, 1) - dt.date(2026, 10, 1)).days
    assert [each["amendsReleaseID"] for each in contract["amendments"]] == [first["id"], second["id"]]
    assert [award["status"] for award in third["awards"]] == ["cancelled", "active"]
    assert contract["awardID"] == third["awards"][1]["id"]
    assert {party["id"] for party in first["parties"]} < {party["id"] for party in third["parties"]}


def test_the_name_of_a_person_is_never_given():
    """Nor one whose nature the buyer did not tell."""
    for told in (True, None):
        release = ocds.notified(issue(), whole(holder_is_person=told))
        assert "Nuage Exemple" not in str(release)
        assert WHOLE.holders[0].identifier in str(release)
    person = ChangeFacts(
        dt.date(2026, 11, 9), holders=(Holder("TVA", VAT, "Une Personne"),), holder_is_person=True
    )
    after = ocds.amended(issue(2), ocds.notified(issue(), WHOLE), person)
    assert "Une Personne" not in str(after) and "Nuage Exemple" in str(after)


def test_what_is_unknown_is_absent():
    """Neither null nor an invented method: an adapted procedure is open or not, DECP does not say."""
    release = ocds.notified(issue(), WHOLE)
    assert "procurementMethod" not in release["tender"]
    assert release["tender"]["procurementMethodDetails"] == "Procédure adaptée"
    assert "tenderPeriod" not in release["tender"] and "date" not in release["awards"][0]
    assert "relatedProcesses" not in release
    assert None not in list(flat(release))


def flat(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from flat(each)
    elif isinstance(value, list):
        for each in value:
            yield from flat(each)
    else:
        yield value


def test_tags_say_what_each_release_is_the_first_to_say():
    assert [each["tag"] for each in consulted_story()] == [
        ["tender"],
        ["tenderAmendment"],
        ["award"],
        ["award"],
        ["contract"],
        ["contract"],
        ["contractAmendment"],
    ]
    without_award = ocds.notified(issue(2), WHOLE, CONSULTED, before=consulted_story()[0])
    assert without_award["tag"] == ["award", "contract"]


def test_before_the_opening_nobody_is_named_or_counted():
    for release in consulted_story()[:2]:
        assert "numberOfTenderers" not in str(release) and "awards" not in release
        assert [party["roles"] for party in release["parties"]] == [["buyer", "procuringEntity"]]


def test_a_change_with_notice_is_an_amendment_of_the_tender():
    asked, changed, *_ = consulted_story()
    assert asked["tender"]["tenderPeriod"]["endDate"] == "2026-09-01T12:00:00+00:00"
    assert changed["tender"]["tenderPeriod"]["endDate"] == "2026-09-08T12:00:00+00:00"
    (amendment,) = changed["tender"]["amendments"]
    assert amendment["rationale"] == "Une semaine de plus."
    assert (amendment["amendsReleaseID"], amendment["releaseID"]) == (asked["id"], changed["id"])


def test_each_lot_has_its_award_and_its_contract_and_nothing_is_left_out():
    *_, won, won_too, first, second, dearer = consulted_story()
    assert "Nuage Exemple" not in str(won) + str(won_too), "who a holder is, is told with the contract"
    assert [one["id"][-7:] for one in second["awards"]] == ["award-1", "award-2"]
    assert [one["awardID"][-7:] for one in second["contracts"]] == ["award-1", "award-2"]
    assert [one["classification"]["id"] for one in second["tender"]["items"]] == [
        "72416000",
        "72416000",
        "72317000",
    ]
    assert dearer["contracts"][0] == second["contracts"][0]
    assert dearer["contracts"][1]["value"]["amount"] == 60000.1
    assert ocds.names_of(second, lot=1) == ["Nuage Exemple"] and ocds.names_of(second, lot=2) == []
    taken = ChangeFacts(dt.date(2026, 11, 9), holders=WHOLE.holders, holder_is_person=False)
    after = ocds.amended(issue(8, lot=2), dearer, taken)
    assert [one["status"] for one in after["awards"]] == ["active", "cancelled", "active"]
    assert after["contracts"][0]["awardID"] == after["awards"][0]["id"]


def test_a_procedure_ended_keeps_what_it_asked():
    asked = consulted_story()[0]
    stopped = ocds.tender_ended(issue(2), asked, CANCELLED)
    assert (stopped["tag"], stopped["tender"]["status"]) == (["tenderCancellation", "award"], "cancelled")
    failed = ocds.tender_ended(issue(2), asked, FRUITLESS)
    assert (failed["tag"], failed["tender"]["status"]) == (["tenderUpdate", "award"], "unsuccessful")
    assert failed["tender"]["items"] == asked["tender"]["items"]


def standings(release):
    return [release["tender"]["status"], *(lot["status"] for lot in release["tender"]["lots"])]


def test_each_lot_stands_as_it_is_until_the_last_one():
    assert [standings(one) for one in consulted_story()] == [
        ["active", "active", "active"],
        ["active", "active", "active"],
        ["active", "complete", "active"],
        *[["complete", "complete", "complete"]] * 4,
    ]
    assert [standings(one) for one in ended_story()] == [
        ["active", "active", "active"],
        ["active", "active", "cancelled"],
        ["active", "active", "cancelled"],
        ["unsuccessful", "unsuccessful", "cancelled"],
    ]
    assert standings(half_awarded_story()[-1]) == ["complete", "complete", "unsuccessful"]


def test_a_lot_without_a_contract_has_an_award_that_could_not_be_made():
    *_, ended = ended_story()
    assert [(one["id"][-7:], one["status"], one["description"]) for one in ended["awards"]] == [
        ("award-2", "unsuccessful", CANCELLED.reason),
        ("award-1", "unsuccessful", FRUITLESS.reason),
    ]
    assert all("suppliers" not in one and "value" not in one for one in ended["awards"])
    assert ended["tag"] == ["tenderUpdate", "award"], "the reader is told at once of what ended with it"
    awarded = half_awarded_story()[-1]
    assert [one["relatedLots"] for one in awarded["awards"]] == [["2"], ["1"]]
    assert [item["relatedLot"] for item in awarded["tender"]["items"]] == ["1", "1", "2"]
    assert ocds.names_of(awarded, lot=2) == []


def test_a_consultation_names_nobody_but_the_buyer():
    release = ocds.tendered(issue(), WHOLE.buyer, ASKED)
    assert [party["roles"] for party in release["parties"]] == [["buyer", "procuringEntity"]]
    assert "awards" not in release and "contracts" not in release
    assert release["tender"]["status"] == "active"
