"""The checks on an offer's own words, papers and layers, by examples."""

import datetime as dt
import io
import zipfile
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.files.sniff import CSV, JPEG, ODS, PDF, PNG, TEXT
from qualification.checks import CHECKS
from qualification.enums import Verdict
from qualification.facts import RegisterEntry
from qualification.facts_offer import CertificatesFacts, PapersFacts, StackFacts, Subprocessor
from qualification.papers import families_of, problem_of
from tests.qualification.check_samples import CLAUSES, ISO, LAYER, ON, PAPER, PASSING

PASS, WARN, FAIL, UNKNOWN = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN


def verdict(code, **changes):
    return CHECKS[code].judge(replace(PASSING[code], **changes), ON).verdict


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"siret": "", "vat": ""}, PASS),
        ({"siret": "73282932000073"}, FAIL),
        ({"siret": "73282932 000074"}, FAIL),
        ({"vat": "FR99732829320"}, FAIL),
        ({"lei": "abc"}, FAIL),
        ({"identifier": "552100554"}, FAIL),
        ({"identifier": ""}, UNKNOWN),
        ({"scheme": "HORS-UE", "identifier": "X-1", "siret": "", "vat": ""}, PASS),
        ({"scheme": "TVA", "identifier": "DE136695976", "siret": "", "vat": "DE136695976"}, UNKNOWN),
    ],
)
def test_identifiers(changes, expected):
    assert verdict("identifiers", **changes) == expected


NUAGE = RegisterEntry("Nuage Exemple SAS")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"entry": None}, UNKNOWN),
        ({"read_on": None}, UNKNOWN),
        ({"read_on": ON - dt.timedelta(days=63)}, UNKNOWN),
        ({"entry": replace(NUAGE, ceased_on=ON)}, FAIL),
        ({"entry": replace(NUAGE, insolvency="redressement judiciaire")}, WARN),
        ({"entry": replace(NUAGE, insolvency="Liquidation judiciaire")}, FAIL),
    ],
)
def test_legal_activity(changes, expected):
    assert verdict("legal_activity", **changes) == expected


def subprocessor(country, *, sees_data=True):
    return (Subprocessor("Tiers", country, "Hébergement", sees_data),)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"rows": None}, UNKNOWN),
        ({"rows": None, "applies": False}, PASS),
        ({"rows": subprocessor("US")}, WARN),
        ({"rows": subprocessor("GB")}, PASS),
        ({"rows": subprocessor("CA")}, WARN),
        ({"rows": subprocessor("PH")}, WARN),
        ({"rows": subprocessor("RE")}, PASS),
        ({"rows": subprocessor("NO")}, PASS),
        ({"rows": subprocessor("")}, WARN),
        ({"rows": subprocessor("US", sees_data=None)}, WARN),
        ({"rows": subprocessor("US", sees_data=False)}, PASS),
        ({"rows": subprocessor("CH"), "claims_secnumcloud": True}, FAIL),
        ({"rows": subprocessor("NO"), "claims_secnumcloud": True}, FAIL),
        ({"rows": subprocessor("NO"), "claims_hds": True}, PASS),
        ({"rows": subprocessor("GB"), "claims_hds": True}, FAIL),
        ({"notice_days": None}, WARN),
    ],
)
def test_subprocessors(changes, expected):
    assert verdict("subprocessors", **changes) == expected


@pytest.mark.parametrize(
    ("changes", "claimed", "plain"),
    [
        ({"headquarters": "US"}, FAIL, WARN),
        ({"headquarters": None}, UNKNOWN, UNKNOWN),
        ({"largest_percent": Decimal("24.01"), "total_percent": Decimal(30)}, FAIL, WARN),
        ({"total_percent": Decimal("39.5")}, FAIL, WARN),
        ({"veto": True}, FAIL, WARN),
        ({"veto": None}, UNKNOWN, UNKNOWN),
        ({"outside_access": True}, FAIL, WARN),
        ({"shareholders": (("US", Decimal(5)),)}, FAIL, FAIL),
        ({"shareholders": ()}, PASS, PASS),
    ],
)
def test_immunity(changes, claimed, plain):
    assert verdict("immunity", **changes) == claimed
    assert verdict("immunity", claims_secnumcloud=False, **changes) == plain


shares = st.none() | st.decimals(0, 100, places=2)


@given(shares, shares, st.none() | st.booleans(), st.none() | st.booleans(), st.booleans())
def test_immunity_never_passes_on_something_unknown(largest, total, veto, access, claimed):
    judged = verdict(
        "immunity", largest_percent=largest, total_percent=total, veto=veto, outside_access=access,
        claims_secnumcloud=claimed,
    )  # fmt: skip
    if None in (largest, total, veto, access):
        assert judged in (UNKNOWN, FAIL)
    if judged == PASS:
        assert largest <= 24 and total <= 39 and veto is False and access is False


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (StackFacts((), (), is_ground=True), PASS),
        (StackFacts((), ()), UNKNOWN),
        (StackFacts((replace(LAYER, known=False, status=""),), ()), UNKNOWN),
        (StackFacts((replace(LAYER, status="suspended"),), ()), WARN),
        (StackFacts((replace(LAYER, status="", inherits=False),), ()), PASS),
        (StackFacts((LAYER,), (("SecNumCloud", "Nuage Exemple"),)), FAIL),
    ],
)
def test_stack_in_force(facts, expected):
    assert CHECKS["stack_in_force"].judge(facts, ON).verdict == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"held": False}, PASS),
        ({"held": None}, PASS),
        ({"number": ""}, UNKNOWN),
        ({"valid_until": None}, UNKNOWN),
        ({"valid_until": ON - dt.timedelta(days=1)}, FAIL),
        ({"valid_from": ON + dt.timedelta(days=1)}, FAIL),
        ({"has_file": False}, UNKNOWN),
        ({"valid_until": ON + dt.timedelta(days=90)}, WARN),
        ({"scope": "Siège social"}, WARN),
        ({"scope": ""}, WARN),
        ({"scope": "Exploitation de NUAGE-EXEMPLE à Exempleville"}, PASS),
    ],
)
def test_certificates(changes, expected):
    facts = CertificatesFacts("Nuage Exemple", (replace(ISO, **changes),))
    assert CHECKS["certificates"].judge(facts, ON).verdict == expected


def clauses(**changes):
    """``None`` takes an answer away."""
    answers = {name: value for name, value in (dict(CLAUSES.answers) | changes).items() if value is not None}
    return tuple(answers.items())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"data_processing_agreement": "false"}, FAIL),
        ({"audit_right": "none"}, FAIL),
        ({"secondary_use": "true"}, FAIL),
        ({"governing_law": "US"}, WARN),
        ({"erasure_days": None}, UNKNOWN),
        ({"termination_if_status_lost": "false"}, FAIL),
    ],
)
def test_contract_clauses(changes, expected):
    assert verdict("contract_clauses", answers=clauses(**changes)) == expected


def test_clauses_are_asked_of_those_they_concern():
    lost = clauses(termination_if_status_lost="false")
    assert verdict("contract_clauses", answers=lost, claims_secnumcloud=False) == PASS
    assert verdict("contract_clauses", papers=()) == UNKNOWN
    few = clauses(audit_right=None, erasure_days=None, exit_formats=None, incident_notice_hours=None,
                  subprocessor_notice_days=None, termination_if_status_lost=None)  # fmt: skip
    advice = {"answers": few, "service_models": ("support_services",), "claims_secnumcloud": False}
    assert verdict("contract_clauses", **advice) == PASS


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"scan": "unscanned"}, WARN),
        ({"scan": "waiting"}, UNKNOWN),
        ({"scan": "infected"}, FAIL),
        ({"problem": "il est tronqué"}, FAIL),
    ],
)
def test_documents(changes, expected):
    facts = PapersFacts((replace(PAPER, **changes),), ())
    assert CHECKS["documents"].judge(facts, ON).verdict == expected


def test_a_file_that_has_gone_is_to_be_joined_again():
    assert CHECKS["documents"].judge(PapersFacts((PAPER,), ("Plan",)), ON).verdict == FAIL
    said = CHECKS["documents"].judge(PapersFacts((replace(PAPER, scan="unscanned"),), ()), ON).message
    assert "non analysé" in said


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"applies": False, "pue": None}, PASS),
        ({"pue": None}, UNKNOWN),
        ({"pue": Decimal("0.9")}, FAIL),
        ({"pue": Decimal("3.5")}, WARN),
        ({"carbon_g_per_unit": None}, UNKNOWN),
        ({"carbon_method": ""}, FAIL),
        ({"carbon_unit": ""}, FAIL),
        ({"carbon_verified": None}, WARN),
        ({"carbon_verified": None, "carbon_method": "pcr_ademe"}, PASS),
    ],
)
def test_environment(changes, expected):
    assert verdict("environment", **changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"formats": None}, UNKNOWN),
        ({"formats": ("images",), "name": ""}, PASS),
        ({"name": ""}, UNKNOWN),
        ({"problem": "il est vide"}, FAIL),
        ({"found": ("json",)}, FAIL),
        ({"found": ()}, FAIL),
        ({"applies": False}, PASS),
    ],
)
def test_export_sample(changes, expected):
    assert verdict("export_sample", **changes) == expected


def zipped(*, body=b"x", damage=False, locked=False):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("content.xml", body * 200)
    content = bytearray(buffer.getvalue())
    if damage:
        content[60] ^= 0xFF
    if locked:
        content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "kind", "opens"),
    [
        (b"%PDF-1.7\n%%EOF\n", PDF, True),
        (b"%PDF-1.7\n", PDF, False),
        (b"%PDF-1.7\ntrailer << /Encrypt 8 0 R >>\n%%EOF", PDF, False),
        (zipped(), ODS, True),
        (zipped(damage=True), ODS, False),
        (zipped(locked=True), ODS, False),
        (b"PK\x03\x04", ODS, False),
        (b"\x89PNG\r\n", PNG, False),
        (b"\xff\xd8\xff\xd9", JPEG, True),
        (b"", TEXT, False),
        (b"bonjour", TEXT, True),
    ],
)
def test_whether_a_file_opens(content, kind, opens):
    assert (problem_of(content, kind) == "") is opens


@pytest.mark.parametrize(
    ("content", "kind", "families"),
    [
        (b"a,b\n1,2\n", CSV, ("csv",)),
        (b"a;b\n1;2;3\n", CSV, ()),
        (b"seul\n", CSV, ()),
        (b'{"a": [1]}', TEXT, ("json",)),
        (b'{"a": ', TEXT, ()),
        (b"<a><b/></a>", TEXT, ("json",)),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', TEXT, ()),
        (b"-- export\nCREATE TABLE a (b int);\n", TEXT, ("sql",)),
        (b"a\tb\n1\t2\n", TEXT, ("csv",)),
        (b"x", PDF, ()),
        (b"x", ODS, ("csv",)),
    ],
)
def test_what_a_sample_is(content, kind, families):
    assert families_of(content, kind) == families
