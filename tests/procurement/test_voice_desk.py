"""The desk: a curator's way to the reviews, nobody else's."""

from __future__ import annotations

import pytest

from procurement.voices import desk as desk_voices
from tests.builders import actor_for


@pytest.mark.django_db
def test_the_way_to_the_reviews_is_the_curator_s() -> None:
    ways = {role: len(desk_voices.shortcuts(actor_for(role))) for role in ("curator", "support", "requester")}
    assert ways == {"curator": 1, "support": 0, "requester": 0}
