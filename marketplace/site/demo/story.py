"""The story that the demonstration tells, played through the same actions as the pages."""

from __future__ import annotations


def load_story() -> str:
    return "Demonstration: people and organisations."
