"""The file of a register, line by line: columns, dates, statuses, ten thousand lines with three bad ones."""

from __future__ import annotations

import json

import pytest

from catalog.registers.differences import differences, merged
from catalog.registers.reading import read_file
from catalog.registers.specs import REGISTERS
from marketplace.errors import RuleBroken
from tests.catalog.builders import REGISTER_HEAD, register_file

HDS = REGISTERS["hds"]
GOOD = "Nuage;Essai SAS;900;in_force;2025-01-01;2028-01-01"


def refused(content: bytes) -> str:
    with pytest.raises(RuleBroken) as error:
        read_file(content, register=HDS)
    return error.value.fields["file"][0]


def test_a_file_that_cannot_be_read_says_why() -> None:
    assert refused(b"nom;prestataire\na;b").startswith(
        "Colonnes absentes : service, provider, decision, status."
    )
    assert "UTF-8" in refused("service;é".encode("latin-1"))
    assert "NUL" in refused(b"service;\x00")
    assert "aucune ligne" in refused(REGISTER_HEAD.encode())
    assert "deux fois" in refused(f"{REGISTER_HEAD};status\n{GOOD};in_force".encode())
    assert "guillemet" in refused(f'{REGISTER_HEAD}\n"Nuage"x;a;b'.encode())
    assert "JSON" in refused(b'[{"service": ')
    assert "liste d’objets" in refused(b"[1, 2]")
    assert "8 Mo" in refused(b"x" * 8_000_001)


def test_ten_thousand_lines_with_three_bad_ones() -> None:
    lines = [f"Service {n};Essai SAS;{n};in_force;01/01/2025;2028-01-01" for n in range(1, 10_001)]
    lines[41] = "Service 42;Essai SAS;42;perdue;;"
    lines[4_999] = "Service 5000;Essai SAS;5000;in_force;2028-01-01;2025-01-01"
    lines[9_998] = ";Essai SAS;9999;in_force;32/01/2025;"
    reading = read_file(register_file(*lines), register=HDS)
    assert len(reading.rows) == 9_997
    assert [(fault.line, fault.column) for fault in reading.faults] == [
        (43, "status"),
        (5001, "valid_until"),
        (10_000, "service"),
        (10_000, "valid_from"),
    ]
    assert reading.rows[0]["valid_from"] == "2025-01-01"


def test_a_line_repeated_or_too_long_is_a_fault() -> None:
    reading = read_file(register_file(GOOD, GOOD, f"{GOOD.replace('900', '7')};trop"), register=HDS)
    assert len(reading.rows) == 1
    assert [fault.line for fault in reading.faults] == [3, 4]


def test_json_reads_as_csv_does() -> None:
    rows = [{"service": "Nuage", "provider": "Essai SAS", "decision": "900", "status": "En vigueur"}]
    for said in (rows, {"rows": rows}):
        reading = read_file(json.dumps(said).encode(), register=HDS)
        assert reading.rows[0]["status"] == "in_force" and not reading.faults
    wrong = read_file(json.dumps([*rows, {"service": ["a"]}]).encode(), register=HDS)
    assert {fault.column for fault in wrong.faults} == {"service", "provider", "status"}


def test_a_bad_line_is_no_disappearance() -> None:
    before = [{"service": "A", "provider": "P", "decision": "1", "status": "in_force", "offer": "a"}]
    reading = read_file(register_file(GOOD, "A;P;1;inconnu;;"), register=HDS)
    rows = merged(reading.rows, previous=before, faults=reading.faults, read_on="2026-11-26")
    assert [d.kind for d in differences(before, rows)] == ["new"]
    gone = merged(reading.rows, previous=before, faults=(), read_on="2026-11-26")
    assert [(d.kind, d.key) for d in differences(before, gone)] == [("gone", "n:1"), ("new", "n:900")]


def test_a_column_that_the_file_lacks_erases_nothing() -> None:
    before = [{"service": "Nuage", "provider": "Essai SAS", "decision": "900", "status": "in_force"}]
    before[0] |= {"valid_from": "2025-01-01", "valid_until": "2028-01-01", "perimeter": "FR-Paris"}
    rows = read_file(register_file(GOOD), register=HDS).rows
    made = merged(rows, previous=before, faults=(), read_on="2026-11-26")
    assert made[0]["perimeter"] == "FR-Paris" and differences(before, made) == []
    emptied = read_file(register_file(f"{GOOD};", head=f"{REGISTER_HEAD};perimeter"), register=HDS).rows
    told = differences(before, merged(emptied, previous=before, faults=(), read_on="2026-11-26"))
    assert [(each.kind, each.fields) for each in told] == [("changed", ("perimeter",))]


def test_a_like_name_proves_nothing() -> None:
    before = [{"service": "Nuage", "provider": "Essai SAS", "decision": None, "status": "in_force"}]
    after = [{"service": "Nuage", "provider": "Essai", "decision": None, "status": "in_force"}]
    assert [d.kind for d in differences(before, after)] == ["gone", "new"]
    assert differences(before, before) == []
