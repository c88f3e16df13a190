"""What was bought, read on notified contracts and their approved amendments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, Q, Sum, When

from marketplace.accounts.enums import OrganisationKind
from procurement.diversity.concentration import Bought, Concentration, by_segment, least, overall
from procurement.models import Amendment, Contract

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation

STATE = (OrganisationKind.STATE, OrganisationKind.STATE_OPERATOR)
UNSORTED = "Sans catégorie"


@dataclass(frozen=True)
class Diversity:
    """`hidden`: segments whose shares would tell the purchases of one administration."""

    since: dt.date
    on: dt.date
    whole: Concentration
    segments: tuple[Concentration, ...]
    hidden: tuple[str, ...] = ()


def diversity_of(
    organisation: Organisation, *, on: dt.date, categories: Iterable[str] | None = None
) -> Diversity:
    """Of one administration; `categories` narrows to these codes. Three queries."""
    wanted = Q(buyer=organisation)
    if categories:
        wanted &= Q(offer__category__code__in=list(categories))
    bought, _ = _bought(wanted, on=on)
    return Diversity(_since(on), on, overall(bought, on=on), by_segment(bought, on=on))


def diversity_of_the_state(*, on: dt.date) -> Diversity:
    """Every administration of the State. A segment bought by too few of them is only named. Three queries."""
    bought, buyers = _bought(Q(buyer__kind__in=STATE), on=on)
    few = {segment for segment, count in buyers.items() if count < least().buyers}
    shown = [each for each in bought if each.segment not in few]
    return Diversity(
        _since(on), on, overall(shown, on=on), by_segment(shown, on=on), hidden=tuple(sorted(few))
    )


def _since(on: dt.date) -> dt.date:
    return on - dt.timedelta(days=least().days)


def _bought(wanted: Q, *, on: dt.date) -> tuple[list[Bought], dict[str, int]]:
    """Amounts by segment and supplier, and how many buyers each segment has."""
    notified = Contract.objects.filter(
        wanted, signed_at__date__gt=_since(on), signed_at__date__lte=on
    ).annotate(
        segment=F("offer__category__label"), provider=_provider(), provider_name=_provider(of="__name")
    )
    rows = notified.values("segment", "provider", "provider_name").annotate(
        amount=Sum("order__total_eur_ht"), number=Count("pk")
    )
    changes = _changes(notified)
    bought = [
        Bought(
            row["segment"] or UNSORTED,
            row["provider"],
            row["provider_name"],
            row["amount"] + changes.get((row["segment"], row["provider"]), Decimal(0)),
            row["number"],
        )
        for row in rows
    ]
    return bought, _buyers(notified)


def _provider(path: str = "", of: str = "") -> Case:
    """Whose service it is: of a contract with a central body that resells, the supplier of the offer."""
    resold = Q(**{f"{path}order__vehicle__counterpart": F(f"{path}supplier")})
    return Case(When(resold, then=F(f"{path}offer__supplier{of}")), default=F(f"{path}supplier{of}"))


def _changes(notified: Any) -> dict[tuple[str | None, int], Decimal]:
    rows = (
        Amendment.objects.approved()
        .filter(contract__in=notified.values("pk"))
        .values(segment=F("contract__offer__category__label"), provider=_provider("contract__"))
        .annotate(amount=Sum("delta_eur_ht"))
    )
    return {(row["segment"], row["provider"]): row["amount"] for row in rows}


def _buyers(notified: Any) -> dict[str, int]:
    rows = notified.values("segment").annotate(buyers=Count("buyer", distinct=True))
    return {row["segment"] or UNSORTED: row["buyers"] for row in rows}
