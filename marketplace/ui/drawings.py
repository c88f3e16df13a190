"""What the pictures need: facts in, coordinates and conclusions out. The SVG itself is in
templates/components/. Every picture has a text twin, so nothing here is known to the eye alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.ui.typography import number_text

STACK_LABELS = {
    "saas": "Logiciel",
    "software": "Logiciel",
    "paas": "Plateforme",
    "platform": "Plateforme",
    "iaas": "Infrastructure",
    "infrastructure": "Infrastructure",
    "caas": "Conteneurs",
    "datacentre": "Centre de données",
    "datacenter": "Centre de données",
    "data_centre": "Centre de données",
}
BOX_HEIGHT = 100
BOX_GAP = 40
# An offer standing on the one drawn.
STANDING_HEIGHT, STANDING_GAP = 56, 12
LINE_LIMIT = 24
BAR_WIDTH = 220
PATTERNS = ("solid", "hatched", "dotted", "empty")


def shorten(text: str, limit: int = LINE_LIMIT) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


@dataclass(frozen=True, slots=True)
class StackLayer:
    """One layer, from the top (software) down. ``name`` "" is an undeclared host.

    ``inherits``: whether the layer's own status comes from the layer drawn under it (None: no link under).
    ``broken``: the status of this layer is suspended or lost (drawn hatched). ``standing``: an offer that
    stands on the one drawn, in a smaller box. ``loses``, ``relies``: places of the layers whose status
    falls with this one's, and of those that stand on it and keep theirs; ``falls`` says it in words.
    """

    layer: str
    name: str
    region: str = ""
    state: str = ""
    url: str = ""
    inherits: bool | None = None
    broken: bool = False
    standing: bool = False
    loses: tuple[int, ...] = ()
    relies: tuple[int, ...] = ()
    falls: str = ""

    @property
    def label(self) -> str:
        return STACK_LABELS.get(self.layer, self.layer)

    @property
    def shown_name(self) -> str:
        return self.name or "Hébergeur non déclaré"

    @property
    def css(self) -> str:
        return "unknown" if not self.name else "broken" if self.broken else "known"


@dataclass(frozen=True, slots=True)
class StackBox:
    layer: StackLayer
    number: int
    y: int
    height: int
    lines: tuple[tuple[int, str], ...]
    link: str  # "", "solid", "broken", or "standing": a word and no line

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def link_bottom(self) -> int:
        return self.bottom + BOX_GAP

    @property
    def link_text_y(self) -> int:
        return self.bottom + BOX_GAP // 2 + 5


def stack_boxes(layers: Sequence[StackLayer]) -> tuple[StackBox, ...]:
    boxes, y = [], 4
    for index, layer in enumerate(layers):
        following = layers[index + 1] if index + 1 < len(layers) else None
        height, first, gap = BOX_HEIGHT, 46, BOX_GAP
        texts = [layer.shown_name, layer.region or "Région inconnue", layer.state]
        if layer.standing:
            height, first, texts = STANDING_HEIGHT, 22, [layer.shown_name, layer.state]
            gap = STANDING_GAP if following is not None and following.standing else BOX_GAP
        lines = tuple((y + first + i * 21, shorten(text)) for i, text in enumerate(texts) if text)
        boxes.append(StackBox(layer, index + 1, y, height, lines, _link(layer, following)))
        y += height + gap
    return tuple(boxes)


def _link(layer: StackLayer, following: StackLayer | None) -> str:
    if following is None:
        return ""
    if layer.standing:
        return "" if following.standing else "standing"
    return {None: "", True: "solid", False: "broken"}[layer.inherits]


def stack_height(layers: Sequence[StackLayer]) -> int:
    return stack_boxes(layers)[-1].bottom + 4 if layers else 8


@dataclass(frozen=True, slots=True)
class TimelineFact:
    """One dated fact, oldest first. ``future`` is said « prévu »; a correction is one more fact."""

    on: dt.date | dt.datetime | None
    event: str
    source: str = ""
    source_url: str = ""
    origin: str = ""
    future: bool = False
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class TimelinePoint:
    """A fact on the axis, or « today » (no fact): decorative, hidden from assistive technology."""

    kind: str  # past, today, future
    fact: TimelineFact | None = None


def timeline_points(facts: Sequence[TimelineFact], *, today: dt.date) -> tuple[TimelinePoint, ...]:
    """Past facts, today, then what is foreseen; each group in the order given."""
    past = [TimelinePoint("past", fact) for fact in facts if not _is_future(fact, today)]
    future = [TimelinePoint("future", fact) for fact in facts if _is_future(fact, today)]
    return (*past, TimelinePoint("today"), *future) if facts else ()


def _is_future(fact: TimelineFact, today: dt.date) -> bool:
    on = fact.on.date() if isinstance(fact.on, dt.datetime) else fact.on
    return fact.future or (on is not None and on > today)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a life: ``state`` is done, current, todo, refused, cancelled or blocked; ``word``
    says it (« fait le 2 mars », « en cours, chez Dominique Exemple », « à venir »)."""

    label: str
    state: str
    word: str
    url: str = ""
    children: tuple[Step, ...] = ()

    @property
    def is_branch(self) -> bool:
        """A refusal or a cancellation leaves the path; it is not a step skipped."""
        return self.state in {"refused", "cancelled"}


@dataclass(frozen=True, slots=True)
class Bar:
    """`words`: the value as it is said beside the bar, where a plain number would not do. `pattern`: one of
    PATTERNS, so that bars of different kinds differ without colour."""

    label: str
    value: Decimal | int | None
    url: str = ""
    note: str = ""
    words: str = ""
    pattern: str = PATTERNS[0]


@dataclass(frozen=True, slots=True)
class DrawnBar:
    bar: Bar
    y: int
    width: int
    text: str
    pattern: str


def _unit_after(value: Decimal | int | None, unit: str) -> str:
    if value is None or not unit:
        return ""
    return "\u00a0" + (unit if abs(value) >= 2 else unit.removesuffix("s"))


@dataclass(frozen=True, slots=True)
class BarChart:
    bars: tuple[DrawnBar, ...]
    height: int = field(default=0)


def bar_chart(rows: Sequence[Bar], *, unit: str = "", longest: int = BAR_WIDTH) -> BarChart:
    """Widths proportional to the greatest known value; an unknown value has no bar but its words.

    `unit` is said in the plural; one of it, or none, loses its « s ».
    """
    greatest = max((Decimal(row.value) for row in rows if row.value), default=Decimal(0))
    drawn = []
    for index, row in enumerate(rows):
        share = Decimal(row.value) / greatest if row.value and greatest else Decimal(0)
        text = row.words or number_text(row.value) + _unit_after(row.value, unit)
        width = max(2, round(share * longest)) if row.value else 0
        drawn.append(DrawnBar(row, 4 + index * 52, width, text, row.pattern))
    return BarChart(tuple(drawn), height=8 + 52 * len(drawn))


FULL_MARK, MARK_WIDTH = 20, 220


@dataclass(frozen=True, slots=True)
class MarkGroup:
    """One criterion with the mark of each response, of 20; None: not marked, which has no bar."""

    label: str
    marks: tuple[tuple[str, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class DrawnMark:
    label: str
    y: int
    width: int
    text: str
    pattern: str


@dataclass(frozen=True, slots=True)
class DrawnGroup:
    label: str
    y: int
    bars: tuple[DrawnMark, ...]


@dataclass(frozen=True, slots=True)
class MarkChart:
    groups: tuple[DrawnGroup, ...]
    height: int


def mark_chart(groups: Sequence[MarkGroup]) -> MarkChart:
    """Every bar on one scale, from 0 to 20; a response keeps its pattern from one criterion to the next."""
    drawn, y = [], 4
    for group in groups:
        bars = tuple(
            _drawn_mark(label, mark, place=place, y=y + 26 + place * 44)
            for place, (label, mark) in enumerate(group.marks)
        )
        drawn.append(DrawnGroup(shorten(group.label, 44), y, bars))
        y += 26 + 44 * len(bars) + 12
    return MarkChart(tuple(drawn), y)


def _drawn_mark(label: str, mark: Decimal | None, *, place: int, y: int) -> DrawnMark:
    width = 0 if mark is None else max(2, round(Decimal(mark) / FULL_MARK * MARK_WIDTH))
    text = "Pas de note" if mark is None else f"{number_text(mark)} sur {FULL_MARK}"
    return DrawnMark(shorten(label, 40), y, width, text, PATTERNS[place % len(PATTERNS)])


@dataclass(frozen=True, slots=True)
class Curve:
    """Amounts of each month, in order; drawn added up."""

    label: str
    monthly: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class DrawnCurve:
    """`points` of an SVG polyline; `dash` tells curves apart without colour; `rows`: the same, in figures."""

    label: str
    points: str
    dash: str
    end_x: int
    end_y: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class StepChart:
    curves: tuple[DrawnCurve, ...]
    months: int
    top: Decimal
    # (month, [added up so far, a column per curve; None once its duration is over])
    rows: tuple[tuple[int, tuple[Decimal | None, ...]], ...]


CHART_WIDTH, CHART_HEIGHT = 300, 200
DASHES = ("none", "8 4", "2 4", "12 4 2 4")


def step_chart(curves: Sequence[Curve]) -> StepChart:
    """What each has cost at the end of each month, as steps; all on one scale from zero."""
    sums = [_added_up(curve.monthly) for curve in curves]
    months = max(len(each) for each in sums)
    top = max((each[-1] for each in sums if each), default=Decimal(0))
    drawn = tuple(
        _drawn(curve, added, months=months, top=top, dash=DASHES[index % len(DASHES)])
        for index, (curve, added) in enumerate(zip(curves, sums, strict=True))
    )
    rows = tuple(
        (month + 1, tuple(each[month] if month < len(each) else None for each in sums))
        for month in range(months)
    )
    return StepChart(drawn, months, top, rows)


def _added_up(monthly: Sequence[Decimal]) -> list[Decimal]:
    total = Decimal(0)
    return [total := total + amount for amount in monthly]


def _drawn(curve: Curve, added: list[Decimal], *, months: int, top: Decimal, dash: str) -> DrawnCurve:
    """Months run from left to right, amounts upwards; y 0 is the top of the drawing."""
    points, y = [], CHART_HEIGHT
    for month, total in enumerate(added):
        x, end = (round(CHART_WIDTH * step / months) for step in (month, month + 1))
        y = CHART_HEIGHT - (round(CHART_HEIGHT * total / top) if top else 0)
        points += [f"{x},{y}", f"{end},{y}"]
    return DrawnCurve(curve.label, " ".join(points), dash, end, y, added[-1])
