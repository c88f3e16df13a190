"""Words and shapes of the components, without a browser."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.template import engines
from django.utils import timezone

from marketplace.ui import badges, desk, drawings, pagination, panels, typography
from marketplace.ui.stack_falls import stack_frame


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Decimal("12345.6"), "12\u202f345,60\u00a0€\u00a0HT"),
        (Decimal("0"), "0,00\u00a0€\u00a0HT"),
        (Decimal("-3.005"), "−3,01\u00a0€\u00a0HT"),
        ("1000000", "1\u202f000\u202f000,00\u00a0€\u00a0HT"),
        (None, "Inconnu"),
        ("", "Inconnu"),
        (Decimal("NaN"), "Inconnu"),
    ],
)
def test_euros(amount: object, shown: str) -> None:
    assert typography.euros(amount, tax="HT") == shown


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        ("0.0042", "0,0042\u00a0€"),
        ("4.2", "4,20\u00a0€"),
        ("0.000001", "0,000001\u00a0€"),
        ("1E+3", "1\u202f000,00\u00a0€"),
    ],
)
def test_unit_prices_keep_their_decimals(amount: str, shown: str) -> None:
    assert typography.euros(Decimal(amount), unit_price=True) == shown


def test_dates_are_french_and_in_paris() -> None:
    assert typography.date_text(dt.date(2027, 3, 1)) == "1er\u00a0mars 2027"
    midnight_utc = dt.datetime(2027, 7, 1, 22, 30, tzinfo=dt.UTC)
    assert typography.datetime_text(midnight_utc) == "2\u00a0juillet 2027 à\u00a00\u00a0h\u00a030"


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        (0, "aujourd’hui"),
        (1, "dans 1\u00a0jour"),
        (-2, "en retard de 2\u00a0jours"),
        (5, "dans 5\u00a0jours"),
    ],
)
def test_days(days: int, shown: str) -> None:
    assert typography.days_text(days) == shown


def test_plural_starts_at_two_and_unknown_stays_unknown() -> None:
    shown = [typography.plural(n, one="offre", many="offres") for n in (0, 1, 2, None)]
    assert shown == ["0\u00a0offre", "1\u00a0offre", "2\u00a0offres", "Inconnu"]


def test_french_spacing_is_set_once() -> None:
    typed = "Dit « oui » : l'envoi coûte 12 € ; est-ce bien ? Oui ! 12:30"
    once = typography.french(typed)
    assert (
        once
        == "Dit «\u00a0oui\u00a0»\u00a0: l’envoi coûte 12\u00a0€\u202f; est-ce bien\u202f? Oui\u202f! 12:30"
    )
    assert typography.french(once) == once


def test_an_amount_never_breaks_in_two() -> None:
    once = typography.french("De 25 000 à 1 000 000 € HT, 12 mois en 2026, article R. 2161-6")
    assert "25\u202f000 à 1\u202f000\u202f000\u00a0€ HT" in once and "en 2026, article R. 2161-6" in once
    assert typography.french(once) == once


def test_filters_say_unknown_for_none() -> None:
    names = (
        "date_fr",
        "datetime_fr",
        "date_short",
        "days_until",
        "eur_ht",
        "number_fr",
        "size_fr",
        "unknown",
    )
    source = "{% load market %}" + "|".join(f"{{{{ n|{name} }}}}" for name in names)
    shown = engines["django"].from_string(source).render({"n": None})
    assert shown == "|".join(["Inconnu"] * 8)


def test_a_mark_known_from_its_supplier_is_never_green() -> None:
    badge = badges.badge_for("mark", "in_force", scheme="secnumcloud", declared=True)
    assert badge == badges.Badge("SecNumCloud en vigueur selon le fournisseur")


def test_badges_have_five_words_at_most_and_words_for_each_tone() -> None:
    for kind, table in badges.TABLES.items():
        for state in table:
            badge = badges.badge_for(kind, state, scheme="secnumcloud")
            assert 1 <= len(badge.text.replace("\u00a0:", "").split()) <= 5, (kind, state)
            assert badge.text[0].isupper()


def test_unlisted_state_shows_its_label() -> None:
    assert badges.badge_for("order", "nouveau", label="Nouveau").text == "Nouveau"


@pytest.mark.parametrize(
    ("number", "pages", "shown"),
    [(1, 1, [1]), (1, 3, [1, 2, 3]), (6, 12, [1, None, 5, 6, 7, None, 12]), (3, 5, [1, 2, 3, 4, 5])],
)
def test_page_numbers(number: int, pages: int, shown: list[int | None]) -> None:
    assert pagination.shown_numbers(number, pages=pages) == shown


@pytest.mark.parametrize("number", [1, 2, 3])
def test_page_links_keep_the_query(number: int) -> None:
    page = pagination.page_links(number, pages=3, query=QueryDict("q=a%26b&model=iaas&model=saas&page=2"))
    linked = re.findall(r'href="\?q=a%26b&amp;model=iaas&amp;model=saas&amp;page=(\d)" title="Page', page)
    assert linked == [str(other) for other in (1, 2, 3) if other != number]
    assert page.count("href=") == page.count('href="?q=a%26b&amp;model=iaas&amp;model=saas&amp;page=')
    assert re.search(rf'aria-current="page" title="Page {number}">{number}<', page)
    assert ("Page suivante</a>" in page, f'page={number + 1}">Page suivante' in page) == (True, number < 3)


def test_no_page_links_for_one_page() -> None:
    assert not pagination.page_links(1, pages=1)


def test_stack_links_are_solid_only_when_inherited() -> None:
    layers = [
        drawings.StackLayer("software", "A", inherits=False),
        drawings.StackLayer("infrastructure", "B", inherits=True),
        drawings.StackLayer("data_centre", ""),
    ]
    boxes = drawings.stack_boxes(layers)
    assert [box.link for box in boxes] == ["broken", "solid", ""]
    assert boxes[2].lines[0][1] == "Hébergeur non déclaré"
    unlinked = [drawings.StackLayer("software", "A"), layers[2]]
    assert [box.link for box in drawings.stack_boxes(unlinked)] == ["", ""]
    assert stack_frame(boxes).falls == ()
    assert drawings.stack_height(layers) > boxes[2].y + drawings.BOX_HEIGHT


def test_what_falls_is_drawn_inside_the_picture_each_in_its_lane() -> None:
    """Solid to what loses its status, dashed to what keeps it; arrows end on the boxes they point at."""
    layers = [
        drawings.StackLayer("software", "Posée", standing=True),
        drawings.StackLayer("software", "A", inherits=True),
        drawings.StackLayer("infrastructure", "B", inherits=False, loses=(0, 1)),
        drawings.StackLayer("data_centre", "C", relies=(0, 1, 2)),
    ]
    boxes = drawings.stack_boxes(layers)
    frame = stack_frame(boxes)
    assert [fall.number for fall in frame.falls] == [3, 4]
    solid, dashed = frame.falls
    assert (bool(solid.lost), bool(solid.kept)) == (True, False)
    assert (bool(dashed.lost), bool(dashed.kept)) == (False, True)
    assert [len(fall.heads) for fall in frame.falls] == [2, 3]
    for fall, places in ((solid, (0, 1)), (dashed, (0, 1, 2))):
        for (_, points), place in zip(fall.heads, places, strict=True):
            x, y = map(int, points.split()[0].split(","))
            assert boxes[place].y < y < boxes[place].bottom and x == frame.right + 1
        drawn = [int(n) for n in re.findall(r"[MH](\d+)", fall.lost + fall.kept)]
        assert frame.right <= min(drawn) and max(drawn) < frame.width
    assert frame.width == 320 and frame.box_width > 200
    assert {p for _, p in solid.heads}.isdisjoint({p for _, p in dashed.heads})


def test_bars_never_draw_an_unknown_value() -> None:
    chart = drawings.bar_chart(
        [drawings.Bar("a", 10), drawings.Bar("b", None), drawings.Bar("c", 5), drawings.Bar("d", 0)]
    )
    assert [bar.width for bar in chart.bars] == [220, 0, 110, 0]
    assert [bar.text for bar in chart.bars] == ["10", "Inconnu", "5", "0"]


def test_bars_count_one_thing_in_the_singular() -> None:
    chart = drawings.bar_chart(
        [drawings.Bar("a", 2), drawings.Bar("b", 1), drawings.Bar("c", None)], unit="offres"
    )
    assert [bar.text for bar in chart.bars] == ["2\u00a0offres", "1\u00a0offre", "Inconnu"]


def test_axis_puts_today_between_past_and_future() -> None:
    facts = [drawings.TimelineFact(dt.date(2026, 1, 1), "a"), drawings.TimelineFact(dt.date(2030, 1, 1), "b")]
    kinds = [point.kind for point in drawings.timeline_points(facts, today=dt.date(2027, 1, 1))]
    assert kinds == ["past", "today", "future"]


def test_desk_rows_are_ordered_by_limit_then_by_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    from marketplace.accounts.actors import ANONYMOUS

    now, day = timezone.now(), dt.date(2027, 3, 3)
    rows = [
        desk.DeskRow("sans limite, récent", "/a/", "Lire", since=now),
        desk.DeskRow("sans limite, ancien", "/b/", "Lire", since=now - dt.timedelta(days=9)),
        desk.DeskRow("loin", "/c/", "Lire", due_on=day),
        desk.DeskRow("près", "/d/", "Lire", due_on=day - dt.timedelta(days=1)),
        desk.DeskRow("fini", "/e/", "Lire", zone=desk.DONE),
    ]
    monkeypatch.setattr(desk, "_ROWS", {"essai": lambda actor: rows})
    zones = desk.rows_for(ANONYMOUS)
    assert [row.object_label for row in zones[desk.TODO]] == [
        "près",
        "loin",
        "sans limite, ancien",
        "sans limite, récent",
    ]
    assert [row.object_label for row in zones[desk.DONE]] == ["fini"]


def test_panels_come_in_rank_and_may_abstain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_SOURCES", {})
    panels.register_panel("place", lambda request, subject: panels.Panel("second.html"), rank=20)
    panels.register_panel("place", lambda request, subject: None, rank=15)
    first = lambda request, subject: panels.Panel("first.html", {"a": subject})  # noqa: E731 -- two registrations of one function
    panels.register_panel("place", first, rank=10)
    panels.register_panel("place", first, rank=10)
    found = panels.panels_of("place", request=object(), subject=1)
    assert [panel.template for panel in found] == ["first.html", "second.html"]
    assert found[0].context == {"a": 1}
