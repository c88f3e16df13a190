"""DECP against the official schema: what is written is valid, what lacks is named before anything is."""

import datetime as dt
from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.publication import decp, duty, judging, words
from procurement.publication import fields as asked
from procurement.publication.facts import ChangeFacts, Holder
from procurement.publication.sources import decoded, encoded, months_between
from tests.builders import fictitious_siren
from tests.procurement.publication.publication_facts import TODAY, VAT, WHOLE, decp_errors, whole

DAY = dt.date(2026, 11, 26)


def written(facts=WHOLE):
    return decp.marche(facts, published_on=DAY)


@pytest.mark.shared
def test_a_whole_contract_is_valid(shared):
    assert judging.missing(WHOLE) == ()
    assert judging.refusals(WHOLE, today=TODAY) == {}
    assert decp_errors(shared, written()) == []


@pytest.mark.shared
def test_with_its_modifications_and_framework(shared):
    published = written(whole(framework_id="AC-2025-7", execution_modes=("Sans objet",)))
    other = (Holder("TVA", VAT), Holder("HORS-UE", "CH-123"))
    for rank, change in enumerate(
        (
            ChangeFacts(dt.date(2026, 11, 1), amount_eur_ht=Decimal("60000")),
            ChangeFacts(dt.date(2026, 11, 2), duration_months=14, holders=other),
        ),
        start=1,
    ):
        added = decp.modification(change, rank=rank, published_on=DAY)
        published = decp.with_modification(published, added)
    assert decp_errors(shared, published) == []
    # The first values stay: a modification is one more object.
    assert published["montant"] == 57500.5 and published["dureeMois"] == 12
    assert [each["modification"]["id"] for each in published["modifications"]] == [1, 2]


@pytest.mark.shared
def test_our_lists_are_those_of_the_schema(shared):
    """Each word we offer passes, and no word of the schema lacks."""
    lists = {
        "nature": words.NATURES,
        "techniques": words.TECHNIQUES,
        "execution_modes": words.EXECUTION_MODES,
        "ccag": words.CCAG,
        "grouping": words.GROUPINGS,
        "procedure": words.PROCEDURES,
        "place_kind": words.PLACE_KINDS,
        "price_form": words.PRICE_FORMS,
        "price_types": words.PRICE_TYPES,
        "social": words.SOCIAL,
        "environmental": words.ENVIRONMENTAL,
    }
    for name, choices in lists.items():
        assert asked.BY_NAME[name].choices == choices
        for word in choices:
            told = (word,) if isinstance(getattr(WHOLE, name), tuple) else word
            assert decp_errors(shared, written(whole(**{name: told}))) == [], (name, word)
    schema = (shared / "decp" / "schema_decp_v2.0.3.json").read_text()
    assert sum(schema.count(f'"{word}"') > 0 for choices in lists.values() for word in choices) == sum(
        map(len, lists.values())
    )


@pytest.mark.parametrize("name", [field.name for field in asked.FIELDS if field.required])
def test_what_the_schema_requires_is_asked_and_never_invented(name):
    """Each required answer alone unknown: it is named, and nothing is written."""
    kind = type(getattr(WHOLE, name))
    facts = whole(**{name: kind() if kind in (str, tuple) else None})
    assert judging.missing(facts) == (name,)
    with pytest.raises(ValueError, match=name):
        decp.marche(facts, published_on=DAY)


@pytest.mark.shared
def test_all_that_the_schema_requires_is_asked(shared):
    import json

    schema = json.loads((shared / "decp" / "schema_decp_v2.0.3.json").read_text())
    required = set(schema["definitions"]["marche"]["required"]) - {"acheteur", "datePublicationDonnees"}
    assert required == {field.decp for field in asked.FIELDS if field.required and field.decp}


def test_the_object_holds_the_allow_list_and_nothing_else():
    """What is told for other uses (a person or not, a name) is not given."""
    told = written()
    assert {field.decp for field in asked.FIELDS if field.decp} | {
        "acheteur",
        "datePublicationDonnees",
    } == {*told, "idAccordCadre"}
    assert "Nuage Exemple" not in str(told) and "Ministère" not in str(told)


def test_no_null_and_no_rate_without_an_advance():
    assert "tauxAvance" not in written(whole(advance=False, advance_rate=None))
    assert "tauxAvance" not in written(whole(advance_rate=None))
    assert written()["tauxAvance"] == 0.3


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("reference", "un numéro"),
        ("reference", "A" * 17),
        ("object", "Écrire à agent@ministere.example"),
        ("object", "Appeler le 01 23 45 67 89"),
        ("object", "x" * 1001),
        ("cpv", "7241"),
        ("offers_received", 0),
        ("duration_months", 0),
        ("amount_eur_ht", Decimal("0.99")),
        ("amount_eur_ht", Decimal("-5")),
        ("amount_eur_ht", Decimal("1e15")),
        ("advance_rate", Decimal("1.5")),
        ("notified_on", TODAY + dt.timedelta(days=1)),
        ("holders", (Holder("SIREN", fictitious_siren(1)),)),
        ("holders", (Holder("SIRET", WHOLE.holders[0].identifier[:-1] + "x"),)),
        ("holders", (WHOLE.holders[0], WHOLE.holders[0])),
        ("techniques", ("Sans objet", "Accord-cadre")),
        ("social", ("Pas de considération sociale", "Clause sociale")),
        ("nature", "Autre"),
        ("place_code", "Paris"),
    ],
)
def test_what_is_refused_names_its_field(name, told):
    assert name in judging.refusals(whole(**{name: told}), today=TODAY)


def test_a_group_has_several_holders():
    two = (*WHOLE.holders, Holder("TVA", VAT))
    assert "holders" in judging.refusals(whole(holders=two), today=TODAY)
    assert "holders" in judging.refusals(whole(grouping="Solidaire"), today=TODAY)
    assert judging.refusals(whole(holders=two, grouping="Conjoint"), today=TODAY) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (ChangeFacts(DAY), "duration_months"),
        (ChangeFacts(DAY + dt.timedelta(days=1), duration_months=3), "notified_on"),
        (ChangeFacts(dt.date(2026, 9, 30), duration_months=3), "notified_on"),
        (ChangeFacts(DAY, holders=WHOLE.holders), "holder_is_person"),
        (ChangeFacts(DAY, duration_months=3, rationale="Voir agent@ministere.example"), "rationale"),
        (ChangeFacts(DAY, amount_eur_ht=Decimal(0)), "amount_eur_ht"),
    ],
)
def test_a_modification_refused_names_its_field(change, field):
    assert list(judging.change_refusals(change, today=TODAY, after=dt.date(2026, 10, 1))) == [field]


@given(
    amount=st.decimals("1", "999999999999.99", places=2),
    months=st.integers(1, 1200),
    day=st.dates(dt.date(2024, 1, 1), TODAY),
)
def test_answers_kept_in_a_row_are_read_back_as_told(amount, months, day):
    told = whole(
        amount_eur_ht=amount, duration_months=months, notified_on=day, holders=(Holder("IREP", "AB12"),)
    )
    values = {field.name: getattr(told, field.name) for field in fields(told) if field.name != "buyer"}
    assert decoded(encoded(values)) == {
        name: value for name, value in values.items() if value not in ("", None)
    }


@given(st.decimals("1", "999999999999.99", places=2))
def test_a_published_amount_is_read_back_to_the_cent(amount):
    assert Decimal(str(decp.number(amount))).quantize(Decimal("0.01")) == amount


@given(first=st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)), length=st.integers(0, 2000))
def test_months_are_rounded_up(first, length):
    """The months cover the period, and one less would not."""
    last = first + dt.timedelta(days=length)
    months = months_between(first, last)
    assert covered(first, months) >= last
    assert months == 1 or covered(first, months - 1) < last


def covered(first, months):
    """Last day of so many months begun that day: the eve of the same one, or of a shorter month's end."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    for day in range(first.day, 27, -1):
        try:
            return dt.date(year, month + 1, day) - dt.timedelta(days=1)
        except ValueError:
            continue
    return dt.date(year, month + 1, min(first.day, 28)) - dt.timedelta(days=1)


def test_the_duty_says_its_source_and_what_is_not_known():
    on = dt.date(2026, 11, 26)
    standings = [
        duty.duty_of(Decimal(euros), on=on).standing for euros in ("40000", "39999.99", "25000", "24999")
    ]
    assert standings == ["due", "choice", "choice", "not_due"]
    assert duty.duty_of(Decimal(90_000), on=dt.date(2023, 12, 31)).standing == "unknown"
    assert duty.duty_of(None, on=on).standing == "unknown"
    assert "22 décembre 2022" in duty.duty_of(Decimal(90_000), on=on).source


@pytest.mark.parametrize(
    ("notified", "limit"),
    [("2026-10-01", "2026-12-01"), ("2026-12-31", "2027-02-28"), ("2027-12-31", "2028-02-29")],
)
def test_the_limit_is_two_months_after_the_notification(notified, limit):
    assert duty.limit_of(dt.date.fromisoformat(notified)) == dt.date.fromisoformat(limit)


def test_no_environmental_consideration_is_read_twice_since_august_2026():
    none = whole(environmental=("Pas de considération environnementale",))
    assert any("22 août 2026" in each for each in judging.warnings(none))
    assert judging.warnings(whole()) == []
    before = whole(environmental=none.environmental, notified_on=dt.date(2026, 8, 21))
    assert judging.warnings(before) == []
