"""What losing a status, or being suspended, would touch: the offers, those built on them, and what upper
apps know of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from catalog.hooks import Effect, effects_on
from catalog.models import Offer, TrustMark
from catalog.propagation import with_dependants
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership


@dataclass(frozen=True, slots=True)
class Preview:
    effects: tuple[Effect, ...]

    @property
    def told(self) -> frozenset[int]:
        """Each person once, whatever the number of reasons to tell them."""
        return frozenset().union(*(effect.people for effect in self.effects))

    @property
    def people(self) -> int:
        return len(self.told)

    def sentence(self, subject: str = "Cette décision") -> str:
        parts = [effect.words for effect in self.effects if effect.count]
        touched = f"{', '.join(parts[:-1])} et {parts[-1]}" if len(parts) > 1 else parts[0]
        told = "1 personne sera prévenue" if self.people == 1 else f"{self.people} personnes seront prévenues"
        return f"{subject} touche {touched}. {told}."

    @property
    def touches_purchases(self) -> bool:
        return any(effect.count for effect in self.effects[1:])


def preview(mark: TrustMark) -> Preview:
    """The mark's offer first, then its dependants, then what is registered. A few queries."""
    return preview_offers([mark.offer_id])


def preview_offers(first: Collection[int], *, standing: Collection[int] | None = None) -> Preview:
    """These offers first, in the order given, then those built on them, then what is registered.

    `standing`: what is built on them; None: only what inherits their status.
    """
    rank = {pk: place for place, pk in enumerate(first)}
    ids = with_dependants(list(first)) if standing is None else {*first, *standing}
    offers = sorted(
        Offer.objects.filter(pk__in=ids).select_related("supplier").order_by("pk"),
        key=lambda o: rank.get(o.pk, len(rank)),
    )
    managers = Membership.objects.holding(Role.SUPPLIER_MANAGER).filter(
        organisation__in=[o.supplier.organisation_id for o in offers if o.supplier.organisation_id]
    )
    own = Effect(
        "offre",
        "offres",
        tuple((offer.name, offer.get_absolute_url()) for offer in offers),
        frozenset(managers.values_list("user_id", flat=True)),
    )
    return Preview((own, *effects_on(offers)))
