"""The stack of an offer as it is read: each layer once, what stands on it, and what falls when it falls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog.enums import OfferState, StackLayer
from catalog.models import EffectiveTrust, Offer, StackEdge
from catalog.stack import own_layer


@dataclass(frozen=True, slots=True)
class Support:
    """`above`: the place, in the same list, of a layer that stands on this one; `inherits`: its own status
    relies on this one's."""

    above: int
    inherits: bool


@dataclass(frozen=True, slots=True)
class Layer:
    """One box of the stack picture. `offer` None: known by name only."""

    layer: str
    name: str
    offer: Offer | None
    region: str
    trust: EffectiveTrust | None
    supports: tuple[Support, ...] = ()

    @property
    def is_suspended(self) -> bool:
        """By the operator; read from the offer, so true from the transaction of the suspension."""
        return self.offer is not None and self.offer.state == OfferState.SUSPENDED

    @property
    def inherits(self) -> bool | None:
        """Whether some status above relies on it; None for the top, on which nothing stands."""
        return any(one.inherits for one in self.supports) if self.supports else None


@dataclass(frozen=True, slots=True)
class Falls:
    """Places of the layers above: whose status falls with it, and those that stand on it and keep theirs."""

    loses: tuple[int, ...] = ()
    relies: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Dependant:
    """An offer online that stands on another one; `loses`: its status falls with that one's."""

    offer: Offer
    loses: bool


Key = tuple[int | str, str, str]


def layers_of(offer: Offer) -> list[Layer]:
    """The offer's own layer first, then what it stands on, top to bottom. A few queries per level."""
    edges = _edges_below(offer)
    trusts = _secnumcloud([offer.pk, *(edge.base_id for edge in edges if edge.base_id)])
    top = Layer(own_layer(offer), offer.name, offer, ", ".join(offer.regions or []), trusts.get(offer.pk))
    once = {_key(edge): edge for edge in edges}
    order = list(StackLayer.values)
    nodes = sorted(once.values(), key=lambda edge: order.index(edge.layer))
    supports = _supports(offer, nodes, edges)
    return [
        top,
        *(
            Layer(
                edge.layer,
                edge.base.name if edge.base else edge.base_name,
                edge.base,
                edge.region,
                trusts.get(edge.base_id) if edge.base_id else None,
                tuple(supports[_key(edge)]),
            )
            for edge in nodes
        ),
    ]


def _key(edge: StackEdge) -> Key:
    """The same base reached by two ways is one layer."""
    return (edge.base_id or edge.base_name, edge.layer, edge.region)


def _supports(
    offer: Offer, nodes: Sequence[StackEdge], edges: Sequence[StackEdge]
) -> dict[Key, list[Support]]:
    places: dict[int, list[int]] = {offer.pk: [0]}
    for place, node in enumerate(nodes, start=1):
        if node.base_id:
            places.setdefault(node.base_id, []).append(place)
    found: dict[Key, list[Support]] = {}
    for edge in edges:
        standing = [Support(place, edge.inherits) for place in places[edge.offer_id]]
        found.setdefault(_key(edge), []).extend(standing)
    return found


def _edges_below(offer: Offer) -> list[StackEdge]:
    edges: list[StackEdge] = []
    level, seen = {offer.pk}, {offer.pk}
    while level:
        found = list(StackEdge.objects.filter(offer__in=level).select_related("base__supplier"))
        edges += found
        level = {edge.base_id for edge in found if edge.base_id} - seen
        seen |= level
    return edges


def _secnumcloud(offers: list[int]) -> dict[int, EffectiveTrust]:
    rows = EffectiveTrust.objects.filter(offer__in=offers, scheme="secnumcloud")
    return {row.offer_id: row for row in rows}


def falls_of(layers: Sequence[Layer]) -> list[Falls]:
    """For each layer, what falls if it falls. A status is lost along layers that all inherit; what stands on
    it otherwise must still do without it."""
    found = []
    for place in range(len(layers)):
        loses = set(_upwards(layers, place, inherited=True))
        relies = set(_upwards(layers, place, inherited=False)) - loses
        found.append(Falls(tuple(sorted(loses)), tuple(sorted(relies))))
    return found


def _upwards(layers: Sequence[Layer], place: int, *, inherited: bool) -> Iterator[int]:
    seen, waiting = {place}, [place]
    while waiting:
        for support in layers[waiting.pop()].supports:
            if support.above not in seen and (support.inherits or not inherited):
                seen.add(support.above)
                waiting.append(support.above)
                yield support.above


def dependants_of(offer: Offer) -> list[Dependant]:
    """Offers online that stand on this one, directly first. Two queries and one per level."""
    reached: dict[int, bool] = {}
    level = {offer.pk: True}
    while level:
        edges = StackEdge.objects.filter(base__in=level).values_list("base_id", "offer_id", "inherits")
        following: dict[int, bool] = {}
        for base, standing, inherits in edges.order_by("pk"):
            loses = level[base] and inherits
            if loses > reached.get(standing, -1):
                reached[standing] = following[standing] = loses
        level = following
    order = {pk: place for place, pk in enumerate(reached)}
    found = Offer.objects.public().filter(pk__in=reached).select_related("supplier")
    return [Dependant(one, reached[one.pk]) for one in sorted(found, key=lambda one: order[one.pk])]
