"""Where the Commission's adequacy decisions are read from, and what they say on a day."""

from __future__ import annotations

import datetime as dt
import tomllib

import pytest

from catalog.countries import COUNTRY_NAMES, EEA_COUNTRIES, EU_COUNTRIES, country_of
from qualification.checks import regions, subprocessors
from qualification.checks.adequacy import FILE, decision_on, outside_eea
from qualification.facts import RegionFacts
from qualification.facts_offer import Subprocessor, SubprocessorFacts

ON = dt.date(2026, 11, 26)
DATA = tomllib.loads(FILE.read_text(encoding="utf-8"))


def test_every_decision_is_about_a_known_country_outside_the_area_and_cites_its_act() -> None:
    countries = [row["country"] for row in DATA["decision"]]
    assert len(set(countries)) == len(countries) and not EEA_COUNTRIES.intersection(countries)
    assert set(countries) <= set(COUNTRY_NAMES)
    assert all("/" in row["decision"] and row["valid_from"] < ON for row in DATA["decision"])
    assert DATA["source_url"].startswith("https://commission.europa.eu/") and DATA["read_on"] <= ON


@pytest.mark.parametrize(
    ("country", "on", "is_adequate"),
    [
        ("GB", dt.date(2021, 6, 27), False),
        ("GB", dt.date(2031, 12, 27), True),
        ("GB", dt.date(2031, 12, 28), False),
        ("BR", dt.date(2026, 1, 25), False),
        ("BR", ON, True),
        ("FR", ON, False),
        ("", ON, False),
    ],
)
def test_a_decision_is_of_its_days(country: str, on: dt.date, is_adequate: bool) -> None:
    assert (decision_on(country, on=on) is not None) is is_adequate


def test_places_are_told_apart() -> None:
    places = outside_eea(["FR", "CH", "US", "", "NO", "IN", "CH"], on=ON)
    assert [one.country for one in places.adequate] == ["CH"]
    assert [one.country for one in places.partial] == ["US"]
    assert places.elsewhere == ("", "IN")


def test_a_decision_about_some_alone_names_them() -> None:
    rows = (Subprocessor("Assistance Exemple", "US", "Assistance", True),)
    found = subprocessors.judge(SubprocessorFacts(rows, 30, False, False), ON)
    assert found.verdict == "warn" and "entreprises certifiées" in found.remedy
    swiss = (Subprocessor("Assistance Exemple", "CH", "Assistance", True),)
    passed = subprocessors.judge(SubprocessorFacts(swiss, 30, False, False), ON)
    assert passed.verdict == "pass" and "décision 2000/518/CE" in passed.message
    told = regions.judge(RegionFacts(("FR", "CH"), ("FR",), False, False), ON)
    assert told.verdict == "pass" and "Suisse" in told.message


def test_every_country_of_the_world_can_be_told() -> None:
    assert len(COUNTRY_NAMES) == 249
    assert country_of("PH-Manille") == "PH" and country_of("ZZ") is None
    assert {"RE", "MQ", "AX"} <= EU_COUNTRIES and not {"NC", "PF", "MC"} & EEA_COUNTRIES
