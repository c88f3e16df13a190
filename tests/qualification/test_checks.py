"""Each check by examples, and by properties that no input may break."""

import datetime as dt
import json
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.countries import EEA_COUNTRIES, EU_COUNTRIES
from qualification.checks import (
    CHECKS,
    Judgement,
    exit_terms,
    gravest,
    identity,
    prices,
    regions,
    trust_marks,
    website,
)
from qualification.enums import Verdict
from qualification.facts import (
    AnssiEntry,
    CatalogueFacts,
    ExitFacts,
    IdentityFacts,
    MarkFacts,
    PriceFacts,
    RegionFacts,
    RegisterEntry,
    SiteSeen,
    TrustFacts,
    WebsiteFacts,
    input_hash,
)
from tests.qualification.check_samples import PASSING

ON = dt.date(2026, 11, 22)
NUAGE = IdentityFacts(
    "SIREN",
    "000000018",
    True,
    "Nuage Exemple SAS",
    "registre d’essai",
    ON,
    RegisterEntry("Nuage Exemple SAS"),
)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (NUAGE, Verdict.PASS),
        (replace(NUAGE, legal_name="NUAGE-EXEMPLE, SAS"), Verdict.PASS),
        (replace(NUAGE, entry=None), Verdict.UNKNOWN),
        (replace(NUAGE, identifier="", well_formed=None), Verdict.UNKNOWN),
        (replace(NUAGE, well_formed=False), Verdict.FAIL),
        (replace(NUAGE, legal_name="Autre Exemple SAS"), Verdict.WARN),
        (replace(NUAGE, entry=RegisterEntry("Nuage Exemple SAS", ceased_on=ON)), Verdict.FAIL),
        (
            replace(NUAGE, entry=RegisterEntry("Nuage Exemple SAS", ceased_on=ON + dt.timedelta(1))),
            Verdict.PASS,
        ),
        (replace(NUAGE, entry=RegisterEntry("Nuage Exemple SAS", insolvency="redressement")), Verdict.WARN),
    ],
)
def test_identity(facts, verdict):
    assert identity.judge(facts, ON).verdict == verdict


@pytest.mark.parametrize(
    ("storage", "processing", "secnumcloud", "hds", "verdict"),
    [
        (("FR",), ("FR", "DE"), False, False, Verdict.PASS),
        (("FR",), ("NO",), False, False, Verdict.PASS),
        (("FR",), ("US",), False, False, Verdict.WARN),
        (("FR",), ("CH",), False, False, Verdict.PASS),
        (("FR",), ("CH",), True, False, Verdict.FAIL),
        (("RE",), ("FR",), True, False, Verdict.PASS),
        (("FR",), ("NO",), True, False, Verdict.FAIL),
        (("FR",), ("NO",), False, True, Verdict.PASS),
        (("US",), ("FR",), False, True, Verdict.FAIL),
        (("US",), ("FR",), True, False, Verdict.FAIL),
        (None, ("FR",), False, False, Verdict.UNKNOWN),
        (("FR",), (), False, False, Verdict.UNKNOWN),
        (None, ("US",), True, False, Verdict.FAIL),
        (None, ("US",), False, False, Verdict.UNKNOWN),
    ],
)
def test_regions(storage, processing, secnumcloud, hds, verdict):
    assert regions.judge(RegionFacts(storage, processing, secnumcloud, hds), ON).verdict == verdict


countries = st.lists(st.sampled_from(sorted(EEA_COUNTRIES | {"US", "CH", "GB", "CN"})), max_size=4).map(tuple)


@given(countries, countries, st.booleans(), st.booleans())
def test_a_claim_never_improves_a_verdict_on_regions(storage, processing, secnumcloud, hds):
    order = [Verdict.PASS, Verdict.WARN, Verdict.UNKNOWN, Verdict.FAIL]
    claimed = regions.judge(RegionFacts(storage, processing, secnumcloud, hds), ON).verdict
    plain = regions.judge(RegionFacts(storage, processing, False, False), ON).verdict
    assert order.index(claimed) >= order.index(plain)
    if secnumcloud and set(storage + processing) - EU_COUNTRIES:
        assert claimed == Verdict.FAIL
    if not storage or not processing:
        assert claimed in (Verdict.UNKNOWN, Verdict.FAIL)


SNC = MarkFacts("secnumcloud", "SecNumCloud", "in_force", "Tout", "2279", None, dt.date(2028, 5, 30), False)
REGISTER = (AnssiEntry("Nuage Exemple", "Nuage", "2279", None, dt.date(2028, 5, 30)),)


def trust(*marks, register=REGISTER, read_on=ON - dt.timedelta(days=20)):
    return TrustFacts(marks, register, "2026-11", read_on)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (trust(), Verdict.PASS),
        (trust(SNC), Verdict.PASS),
        (trust(SNC, register=None, read_on=None), Verdict.UNKNOWN),
        (trust(SNC, read_on=ON - dt.timedelta(days=63)), Verdict.UNKNOWN),
        (trust(SNC, register=()), Verdict.FAIL),
        (trust(replace(SNC, decision_number="")), Verdict.UNKNOWN),
        (trust(replace(SNC, status="suspended")), Verdict.FAIL),
        (trust(replace(SNC, valid_until=ON - dt.timedelta(days=1))), Verdict.FAIL),
        (trust(replace(SNC, valid_until=dt.date(2029, 1, 1))), Verdict.WARN),
        (trust(SNC, register=(replace(REGISTER[0], valid_until=ON - dt.timedelta(days=1)),)), Verdict.FAIL),
        (
            trust(replace(SNC, valid_until=None), register=(replace(REGISTER[0], valid_until=None),)),
            Verdict.WARN,
        ),
        (trust(replace(SNC, status="in_progress", valid_until=None)), Verdict.PASS),
        (trust(replace(SNC, scheme="hds", name="HDS")), Verdict.UNKNOWN),
        (trust(replace(SNC, scheme="hds", name="HDS", has_evidence=True)), Verdict.PASS),
        (trust(SNC, replace(SNC, scheme="hds", name="HDS", valid_until=ON)), Verdict.UNKNOWN),
    ],
)
def test_trust_marks(facts, verdict):
    assert trust_marks.judge(facts, ON).verdict == verdict


HELD = [
    (trust(SNC), 1),
    (trust(replace(SNC, valid_until=dt.date(2031, 1, 1))), 0),  # the register says another end
    (trust(replace(SNC, decision_number="")), 0),
    (trust(replace(SNC, decision_number="2026-999")), 0),
    (trust(replace(SNC, status="suspended")), 0),
    (replace(trust(SNC), register=None), 0),
    (replace(trust(SNC), register_read_on=ON - dt.timedelta(days=63)), 0),
]


@pytest.mark.parametrize(("facts", "held"), HELD)
def test_a_declaration_is_confirmed_only_by_the_register(facts, held):
    assert len(trust_marks.held_in_register(facts, ON)) == held


def test_an_expiring_mark_is_noted():
    until = ON + dt.timedelta(days=38)
    facts = trust(replace(SNC, valid_until=until), register=(replace(REGISTER[0], valid_until=until),))
    judged = trust_marks.judge(facts, ON)
    assert (judged.verdict, "30/12/2026" in judged.message) == (Verdict.WARN, True)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (ExitFacts(Decimal(2), 30, "", 30), Verdict.PASS),
        (ExitFacts(Decimal("1.5"), 30, "", 30), Verdict.PASS),
        (ExitFacts(Decimal("2.01"), 30, "", 30), Verdict.FAIL),
        (ExitFacts(Decimal(2), 31, "", 30), Verdict.FAIL),
        (ExitFacts(Decimal(2), 31, "  ", 30), Verdict.FAIL),
        (ExitFacts(Decimal(2), 31, "Volume de données", 30), Verdict.WARN),
        (ExitFacts(Decimal(2), 214, "Volume de données", 30), Verdict.WARN),
        (ExitFacts(Decimal(2), 215, "Volume de données", 30), Verdict.FAIL),
        (ExitFacts(Decimal(2), 30, "", 29), Verdict.FAIL),
        (ExitFacts(None, 30, "", 30), Verdict.UNKNOWN),
        (ExitFacts(None, None, "", None), Verdict.UNKNOWN),
        (ExitFacts(None, 30, "", 10), Verdict.FAIL),
    ],
)
def test_exit_terms(facts, verdict):
    assert exit_terms.judge(facts, ON).verdict == verdict


days = st.none() | st.integers(0, 1000)


@given(st.none() | st.decimals(0, 60, places=2), days, st.sampled_from(["", "Justifiée"]), days)
def test_exit_terms_never_pass_on_something_unknown(notice, transition, justification, retrieval):
    judged = exit_terms.judge(ExitFacts(notice, transition, justification, retrieval), ON)
    if None in (notice, transition, retrieval):
        assert judged.verdict in (Verdict.UNKNOWN, Verdict.FAIL)
    if judged.verdict == Verdict.PASS:
        assert notice <= 2 and transition <= 30 and retrieval >= 30
    assert judged.message


SEEN = SiteSeen(
    "",
    "https://www.nuage.example/",
    200,
    "192.0.2.1",
    "TLSv1.3",
    dt.date(2027, 6, 1),
    ("www.nuage.example",),
    "",
)
SITE = WebsiteFacts("https://www.nuage.example/", SEEN)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (SITE, Verdict.PASS),
        (replace(SITE, url=""), Verdict.UNKNOWN),
        (replace(SITE, seen=None), Verdict.UNKNOWN),
        (replace(SITE, seen=replace(SEEN, status=404)), Verdict.WARN),
        (replace(SITE, seen=replace(SEEN, status=503)), Verdict.UNKNOWN),
        (replace(SITE, seen=replace(SEEN, reason="too_large")), Verdict.PASS),
        (replace(SITE, seen=replace(SEEN, certificate_until=ON + dt.timedelta(days=14))), Verdict.WARN),
        *((replace(SITE, seen=replace(SEEN, reason=reason)), Verdict.FAIL) for reason in website.FAULTS),
        *((replace(SITE, seen=replace(SEEN, reason=reason)), Verdict.UNKNOWN) for reason in website.DOUBTS),
        (replace(SITE, seen=replace(SEEN, reason="something_new")), Verdict.UNKNOWN),
    ],
)
def test_website(facts, verdict):
    assert website.judge(facts, ON).verdict == verdict


LINE = PriceFacts("Standard", "Abonnement", "fixed", "month", Decimal("10"))


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (CatalogueFacts(("Standard",), (LINE,)), Verdict.PASS),
        (CatalogueFacts((), ()), Verdict.UNKNOWN),
        (CatalogueFacts(("Standard", "Grand"), (LINE,)), Verdict.WARN),
        (CatalogueFacts(("Standard",), (replace(LINE, amount_eur_ht=Decimal(0)),)), Verdict.WARN),
        (CatalogueFacts(("Standard",), (replace(LINE, amount_eur_ht=Decimal(10**6)),)), Verdict.WARN),
    ],
)
def test_prices(facts, verdict):
    assert prices.judge(facts, ON).verdict == verdict


def test_the_gravest_judgement_wins_and_every_message_stays():
    judged = gravest(
        [
            Judgement(Verdict.WARN, "a", {"x": 1}),
            Judgement(Verdict.FAIL, "b", {"y": 2}),
            Judgement(Verdict.UNKNOWN, "c"),
        ]
    )
    assert (judged.verdict, judged.message, judged.evidence) == (Verdict.FAIL, "b c a", {"x": 1, "y": 2})


SAMPLES = {
    "legal_identity": NUAGE,
    "regions": RegionFacts(("FR",), ("FR",), True, False),
    "trust_marks": trust(SNC),
    "exit_terms": ExitFacts(Decimal(2), 30, "", 30),
    "website_tls": SITE,
    "prices": CatalogueFacts(("Standard",), (LINE,)),
    **PASSING,
}


def test_every_check_has_a_sample():
    assert set(SAMPLES) == set(CHECKS)


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_a_check_says_what_it_is_and_its_evidence_is_json(code):
    check = CHECKS[code]
    judged = check.judge(SAMPLES[code], ON)
    assert check.code == code
    assert check.title and check.rule and check.version
    assert json.loads(json.dumps(judged.evidence)) == judged.evidence
    assert judged.message.endswith(".")


@pytest.mark.parametrize("code", sorted(SAMPLES))
def test_the_hash_changes_with_every_input_and_with_the_version_of_the_check(code):
    facts = SAMPLES[code]
    base = input_hash(facts, check=code, version="1")
    assert base == input_hash(replace(facts), check=code, version="1")
    assert base != input_hash(facts, check=code, version="2")
    inputs = [field.name for field in fields(facts) if not field.metadata.get("observed")]
    others = {input_hash(replace(facts, **{name: "autre"}), check=code, version="1") for name in inputs}
    assert len(others) == len(inputs) and base not in others


def test_what_the_network_answered_is_not_an_input():
    first = input_hash(SITE, check="website_tls", version="1")
    assert first == input_hash(replace(SITE, seen=None), check="website_tls", version="1")
