"""Releases of one process put together as the standard says; the newest one says all."""

from __future__ import annotations

from typing import Any

from procurement.publication.ocds.issue import Json


def merged(before: Json, told: Json) -> Json:
    """As the standard: objects field by field, lists of identified objects by `id`, the rest replaced."""
    return {
        **before,
        **{name: merged_value(before.get(name), value) for name, value in told.items()},
    }


def merged_value(before: Any, value: Any) -> Any:
    if isinstance(before, dict) and isinstance(value, dict):
        return merged(before, value)
    if isinstance(before, list) and _identified(before) and _identified(value):
        rows = {one["id"]: one for one in before}
        for one in value:
            rows[one["id"]] = merged_value(rows.get(one["id"]), one)
        return list(rows.values())
    return value


def _identified(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) and "id" in one for one in value)


def compiled(releases: list[Json]) -> Json:
    """`releases` of one process, oldest first, as this module writes them."""
    newest = releases[-1]
    return {**newest, "tag": ["compiled"], "id": f"{newest['ocid']}-{newest['date']}"}


def record(releases: list[Json]) -> Json:
    return {
        "ocid": releases[0]["ocid"],
        "releases": releases,
        "compiledRelease": compiled(releases),
    }
