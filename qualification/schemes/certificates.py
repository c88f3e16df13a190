"""What a supplier may hold to prove requirements, with the time and the money it takes an SME."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from qualification.schemes import FOLDER

CONFIDENCE = {
    "official": "document officiel",
    "reported": "témoignage rapporté, que nous n’avons pas vérifié",
    "": "aucune source",
}


@dataclass(frozen=True, slots=True)
class Certificate:
    """``mark``: the scheme of the qualification that holds it. ``answer`` and ``codes``: the answer that
    declares it; ``paper``: the answer that holds its number, scope, dates and file. Months and costs are
    for an SME, in euros before tax; None is unknown, never zero. ``confidence``: « official », « reported »,
    or empty when no source is held; ``read_on``: when it was read."""

    code: str
    name: str
    source: str
    mark: str = ""
    answer: str = ""
    codes: tuple[str, ...] = ()
    paper: str = ""
    months_min: int | None = None
    months_max: int | None = None
    cost_min_eur_ht: Decimal | None = None
    cost_max_eur_ht: Decimal | None = None
    cost_words: str = ""
    aid: str = ""
    aid_up_to_eur: Decimal | None = None
    confidence: str = ""
    read_on: dt.date | None = None

    @property
    def confidence_words(self) -> str:
        return CONFIDENCE[self.confidence]


@cache
def certificates() -> dict[str, Certificate]:
    data = tomllib.loads((FOLDER / "certificates.toml").read_text(encoding="utf-8"))
    found = {}
    for code, row in data.items():
        months = row.pop("months", (None, None))
        aid = row.pop("aid_up_to_eur", None)
        costs = [Decimal(str(cost)) for cost in row.pop("cost_eur_ht", ())] or [None, None]
        found[code] = Certificate(
            code=code,
            codes=tuple(row.pop("codes", ())),
            months_min=months[0],
            months_max=months[1],
            cost_min_eur_ht=costs[0],
            cost_max_eur_ht=costs[1],
            aid_up_to_eur=None if aid is None else Decimal(aid),
            **row,
        )
    return found
