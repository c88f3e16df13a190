"""Page links that keep the query string. « 1 … 4 5 6 … 12 »."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.safestring import SafeString

from marketplace.ui.addresses import Asked
from marketplace.ui.remembered import remembered


@dataclass(frozen=True, slots=True)
class Pager:
    """`shown`: the numbers before that of the last page, None for an ellipsis. `kept`: the rest of the
    address, ended by « & », empty without any. `parameter` names the page in it, and `anchor` (« #liste »)
    leads to the list, where one page has several."""

    number: int
    pages: int
    shown: tuple[int | None, ...]
    kept: str
    parameter: str = "page"
    anchor: str = ""

    @property
    def is_last(self) -> bool:
        return self.number == self.pages


def shown_numbers(number: int, *, pages: int) -> list[int | None]:
    """The first, the last and the neighbours; None where numbers are left out."""
    wanted = sorted({1, pages, *range(max(1, number - 1), min(pages, number + 1) + 1)})
    shown: list[int | None] = []
    for previous, current in zip([0, *wanted], wanted, strict=False):
        if current - previous == 2:
            shown.append(current - 1)
        elif current - previous > 2:
            shown.append(None)
        shown.append(current)
    return shown


def pager(
    number: int,
    *,
    pages: int,
    query: QueryDict | Asked | None = None,
    parameter: str = "page",
    place: str = "",
) -> Pager:
    """``place``: the id of the list, when the page has several."""
    asked = Asked(query) if isinstance(query, QueryDict) else query
    kept = asked.text(without=(parameter,)) if asked is not None else ""
    return Pager(
        number=number,
        pages=pages,
        shown=tuple(shown_numbers(number, pages=pages)[:-1]),
        kept=f"{kept}&" if kept else "",
        parameter=parameter,
        anchor=f"#{place}" if place else "",
    )


def page_links(
    number: int,
    *,
    pages: int,
    query: QueryDict | Asked | None = None,
    parameter: str = "page",
    place: str = "",
    label: str = "",
) -> SafeString:
    """Nothing for one page. `place` and `label`: of the list, when the page has several."""
    if pages <= 1:
        return SafeString("")
    one = pager(number, pages=pages, query=query, parameter=parameter, place=place)
    decides = {
        "number": number,
        "shown": one.shown,
        "is_last": one.is_last,
        "parameter": parameter,
        "anchor": one.anchor,
        "label": label,
    }
    return remembered("components/pagination.html", decides, {"kept": one.kept, "last": pages})
