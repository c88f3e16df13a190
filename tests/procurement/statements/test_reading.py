"""A usage file read line by line; no database."""

import datetime as dt
import gzip
import io
import tracemalloc
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.prices.proration import periods_between
from marketplace.errors import RuleBroken
from procurement.pricing import billed_periods
from procurement.statements.reading import FAULTS_KEPT, read_usage

COMPONENTS = {"vm": None, "stockage": None}
PERIOD = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 1, 31)}


def read(content: bytes | str):
    raw = content.encode() if isinstance(content, str) else content
    return read_usage(io.BytesIO(raw), components=COMPONENTS, **PERIOD)


class Million:
    """A file of a million lines that exists one block at a time."""

    BAD = {
        412: b"vm;-3;2026-01-04;srv-412\n",
        500_000: b"vn;1;2026-01-04;srv\n",
        999_999: b"vm;1;2027-02-01;srv\n",
    }

    def __init__(self, rows: int = 1_000_000) -> None:
        self.left = self.blocks(rows)

    def blocks(self, rows: int):
        yield b"composant;quantite;jour;ressource\n"
        for start in range(2, rows + 2, 1000):
            yield b"".join(
                self.BAD.get(number, b"stockage;1,5;2026-01-04;srv-%d\n" % number)
                for number in range(start, start + 1000)
            )

    def read(self, size=-1):
        return next(self.left, b"")


def peak_of(rows: int) -> int:
    tracemalloc.start()
    read_usage(Million(rows), components=COMPONENTS, **PERIOD)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_memory_does_not_grow_with_the_file():
    """A file of 1.5 MB."""
    assert peak_of(40_000) < 500_000


def test_of_a_million_lines_the_three_bad_ones_are_named_and_nothing_is_lost():
    reading = read_usage(Million(), components=COMPONENTS, **PERIOD)
    assert reading.rows == 1_000_000 and reading.beyond == 0
    used = reading.sums["stockage"]
    assert (used.rows, used.quantity) == (999_997, Decimal("1499995.5"))
    assert [(fault.line, fault.field) for fault in reading.faults] == [
        (412, "quantity"), (500_000, "component"), (999_999, "day"),
    ]  # fmt: skip
    assert "négative" in reading.faults[0].message and "Écrivez 0 ou plus" in reading.faults[0].message
    assert "vm, stockage" in reading.faults[1].message and reading.faults[1].text.startswith("vn;1")
    assert "relevé de son mois" in reading.faults[2].message


@pytest.mark.parametrize(("line", "field"), [
    ("vm;", "quantity"), ("vm;1e3", "quantity"), ("vm;NaN", "quantity"), ("vm;1234567890123", "quantity"),
    ("vm;0,1234567", "quantity"), ("vm", "line"), ('vm;"1', "line"), ("vm;1;2026-02-30", "day"),
    ("vm;1;" + "x" * 3000, "line"), (b"vm;1;\xff", "line"), ("<b>;1", "component"), ("vm\x00;1", "component"),
])  # fmt: skip
def test_a_bad_line_costs_itself_alone(line, field):
    raw = line.encode() if isinstance(line, str) else line
    reading = read(b"composant;quantite;jour\nvm;1;2026-01-02\n" + raw + b"\nvm;2;\n" if raw.count(b";") == 2
                   else b"composant;quantite\nvm;1\n" + raw + b"\nvm;2\n")  # fmt: skip
    assert [(fault.line, fault.field) for fault in reading.faults] == [(3, field)]
    assert (reading.sums["vm"].quantity, reading.sums["vm"].rows) == (3, 2)
    assert "\x00" not in reading.faults[0].text


def test_other_layouts_say_the_same():
    expected = read("composant;quantite\nvm;1,5\nvm;2\n").sums
    for content in (
        b"\xef\xbb\xbfComponent,Quantity\r\nVM,1.5\r\nvm,2\r\n",
        "Quantité\tressource\tComposant\n1,5\tsrv\tvm\n2\tsrv\tvm".encode(),
        b'composant;quantite;ressource\nvm;"1,5";"a;b"\n\nvm;2;c\n',
        gzip.compress(b"composant;quantite\nvm;1,5\nvm;2\n", mtime=0),
    ):
        found = read(content)
        assert (found.sums, found.faults) == (expected, []), content


@pytest.mark.parametrize("content", [
    b"", b"\x00\x01\x02", b"vm;1\n", b"composant;jour\nvm;1\n", b"composant;quantite\n",
    gzip.compress(b"composant;quantite\nvm;1\n" * 99, mtime=0)[:-12], b"\x1f\x8bpas du gzip",
])  # fmt: skip
def test_what_is_no_usage_file_is_refused_on_its_field(content):
    with pytest.raises(RuleBroken) as refused:
        read(content)
    assert set(refused.value.fields) == {"file"}


def test_faults_beyond_those_kept_are_counted():
    reading = read("composant;quantite\n" + "vm;-1\n" * (FAULTS_KEPT + 7))
    assert (len(reading.faults), reading.beyond) == (FAULTS_KEPT, 7)


@given(
    since=st.dates(dt.date(2023, 1, 1), dt.date(2028, 12, 31)),
    days=st.integers(1, 1200),
    cuts=st.lists(st.integers(1, 1200), max_size=6),
    charged=st.sampled_from([
        ("month", "none"), ("month", "day"), ("year", "none"), ("year", "month"), ("year", "day")
    ]),
)  # fmt: skip
def test_statements_that_share_out_a_contract_add_up_to_what_was_ordered(since, days, cuts, charged):
    period, prorata = charged
    end = since + dt.timedelta(days=days - 1)
    starts = sorted({0, *(cut for cut in cuts if cut < days)})
    total = 0
    for rank, start in enumerate(starts):
        until = (starts[rank + 1] if rank + 1 < len(starts) else days) - 1
        total += periods_between(
            period,
            prorata=prorata,
            since=since,
            starts_on=since + dt.timedelta(days=start),
            ends_on=since + dt.timedelta(days=until),
        ).count
    assert total == billed_periods(period, prorata=prorata, starts_on=since, ends_on=end).count
