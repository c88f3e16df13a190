"""Page links that keep the query string. « 1 … 4 5 6 … 12 »."""

from dataclasses import dataclass

from django.http import QueryDict

from marketplace.ui.addresses import query_text


@dataclass(frozen=True, slots=True)
class PageLink:
    number: int | None  # None is the ellipsis
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    number: int
    pages: int
    first: str
    previous: str
    next: str
    last: str
    links: tuple[PageLink, ...]


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


def pager(number: int, *, pages: int, query: QueryDict | None = None) -> Pager:
    kept = query_text(query, without=("page",)) if query is not None else ""

    def url(target: int) -> str:
        return f"?{kept}&page={target}" if kept else f"?page={target}"

    links = tuple(
        PageLink(item, url(item) if item else "", current=item == number)
        for item in shown_numbers(number, pages=pages)
    )
    return Pager(
        number=number,
        pages=pages,
        first=url(1) if number > 1 else "",
        previous=url(number - 1) if number > 1 else "",
        next=url(number + 1) if number < pages else "",
        last=url(pages) if number < pages else "",
        links=links,
    )
