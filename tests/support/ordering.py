"""The longest files first, so that no process is left alone with one of them at the end of a parallel run."""

from collections import Counter

import pytest

# What a test weighs beside a plain one, roughly in seconds.
WEIGHTS = {"browser": 15, "broker": 20, "slow": 10}


def longest_files_first(items: list[pytest.Item]) -> None:
    """In place; inside a file the order stays. For ``--dist loadfile --no-loadscope-reorder``."""
    weights: Counter[str] = Counter()
    for item in items:
        weights[str(item.path)] += max(
            (WEIGHTS[mark.name] for mark in item.iter_markers() if mark.name in WEIGHTS), default=1
        )
    items.sort(key=lambda item: (-weights[str(item.path)], str(item.path)))
