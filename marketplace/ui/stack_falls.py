"""What falls when a layer falls, drawn at the right of the stack: from it, up to what it takes down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketplace.ui.drawings import StackBox

WIDTH, LEFT, LANE, MARGIN = 320, 4, 18, 10
# A picture wider than this many lanes grows instead of squeezing its boxes.
LANES = 4
ARROW = 9


@dataclass(frozen=True, slots=True)
class Fall:
    """One layer's lane. `lost`, `kept`: what the two strokes follow (SVG path data, empty: none); `heads`:
    the points of the arrows, `origin` the height of the dot it starts from."""

    number: int
    origin: int
    lost: str
    kept: str
    heads: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StackFrame:
    """`right`: where boxes end; `width` of the whole picture."""

    right: int
    width: int
    falls: tuple[Fall, ...]

    @property
    def box_width(self) -> int:
        return self.right - LEFT

    @property
    def right_hatch(self) -> int:
        return self.right - 14


def stack_frame(boxes: Sequence[StackBox]) -> StackFrame:
    """Without anything that falls, boxes take the whole width."""
    falling = [box for box in boxes if box.layer.loses or box.layer.relies]
    if not falling:
        return StackFrame(WIDTH - LEFT, WIDTH, ())
    width = WIDTH + LANE * max(0, len(falling) - LANES)
    right = width - MARGIN - LANE * len(falling)
    falls = [_fall(box, boxes, lane=i, lanes=len(falling), right=right) for i, box in enumerate(falling)]
    return StackFrame(right, width, tuple(falls))


def _fall(box: StackBox, boxes: Sequence[StackBox], *, lane: int, lanes: int, right: int) -> Fall:
    x, origin = right + LANE * (lane + 1) - 4, box.bottom - 12
    share = (lane + 1) / (lanes + 1)

    def heights(places: Iterable[int]) -> list[int]:
        """Lanes arrive at heights of their own, so that no two arrows cover each other."""
        return [round(boxes[place].y + boxes[place].height * share * 0.8) for place in places]

    lost, kept = heights(box.layer.loses), heights(box.layer.relies)
    stub = f"M{right} {origin}H{x}"
    return Fall(
        number=box.number,
        origin=origin,
        lost=stub + _branches(lost, x=x, origin=origin, right=right) if lost else "",
        kept=("" if lost else stub) + _branches(kept, x=x, origin=origin, right=right) if kept else "",
        heads=(*(("lost", _head(y, right)) for y in lost), *(("kept", _head(y, right)) for y in kept)),
    )


def _branches(heights: Sequence[int], *, x: int, origin: int, right: int) -> str:
    """Up (or down) the lane to the furthest, and back to each box."""
    ends = {min(heights), max(heights)}
    trunk = "".join(f"M{x} {origin}V{end}" for end in sorted(ends) if end == min(heights) or end > origin)
    return trunk + "".join(f"M{x} {y}H{right + ARROW}" for y in heights)


def _head(y: int, right: int) -> str:
    return f"{right + 1},{y} {right + ARROW + 1},{y - 5} {right + ARROW + 1},{y + 5}"
