"""What the pages of an offer show, gathered once: marks with what they are worth, stack, timeline."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils import timezone

from catalog.cards import price_unit
from catalog.countries import place_words
from catalog.enums import HELD_STATUSES, LOST_STATUSES, Origin, Scheme, TrustStatus
from catalog.layers import Dependant, Falls, Layer, falls_of
from catalog.models import EffectiveTrust, Offer, OfferVersion, PriceLine, TrustFact, TrustMark
from catalog.prices.words import conditions
from catalog.stack import own_layer
from marketplace.ui.drawings import StackLayer, TimelineFact
from marketplace.ui.typography import french, plural

# Statuses whose last fact is told beside the mark.
TOLD = LOST_STATUSES | {TrustStatus.UNKNOWN}


@dataclass(frozen=True, slots=True)
class ShownMark:
    """`status` is today's, layers included. `undermined_by` names the layer that takes the mark down;
    `lost_by` is the dated fact of a loss; `to_prove` says why the mark is to be proved again."""

    mark: TrustMark
    status: str
    undermined_by: Offer | None
    base_until: datetime.date | None
    lost_by: TrustFact | None = None
    to_prove: str = ""


def shown_marks(offer: Offer) -> list[ShownMark]:
    """Two queries: marks and effective trust; one more when one is lost by an act or to be proved again."""
    today = timezone.localdate()
    marks = offer.trust_marks.select_related("evidence").order_by("pk")
    worth = {row.mark_id: row for row in offer.effective_trust.select_related("undermined_by")}
    found = [_shown(mark, worth.get(mark.pk), on=today) for mark in marks]
    return _with_losses(found)


def _with_losses(found: list[ShownMark]) -> list[ShownMark]:
    told = [shown.mark.pk for shown in found if shown.mark.status in TOLD]
    if not told:
        return found
    facts = TrustFact.objects.filter(mark__in=told, status__in=TOLD).order_by("recorded_at", "pk")
    last = {fact.mark_id: fact for fact in facts}
    return [_explained(shown, last.get(shown.mark.pk)) for shown in found]


def _explained(shown: ShownMark, fact: TrustFact | None) -> ShownMark:
    if fact is not None and shown.mark.status == TrustStatus.UNKNOWN:
        return replace(shown, to_prove=fact.reason)
    return replace(shown, lost_by=fact) if shown.mark.status in LOST_STATUSES else shown


def _shown(mark: TrustMark, row: EffectiveTrust | None, *, on: datetime.date) -> ShownMark:
    if row is None:
        return ShownMark(mark, mark.status_on(on), None, None)
    undermined = row.undermined_by if row.is_undermined(on) else None
    return ShownMark(mark, row.status_on(on), undermined, row.base_until)


def status_sentence(offer: Offer, marks: list[ShownMark]) -> str:
    """One sentence under the title. Only the ANSSI qualifies; the operator lists."""
    if offer.is_internal_state:
        return "Cloud interne de l’État : il passe par une convention, sans bon de commande."
    held = [m for m in marks if m.mark.scheme == Scheme.SECNUMCLOUD and m.status in HELD_STATUSES]
    if held and held[0].mark.origin != Origin.DECLARED:
        return "Qualifiée SecNumCloud par l’ANSSI sur le périmètre décrit plus bas."
    if held:
        return "Le fournisseur déclare une qualification SecNumCloud. Nous ne l’avons pas vérifiée."
    running = [
        m for m in marks if m.mark.scheme == Scheme.SECNUMCLOUD and m.status == TrustStatus.IN_PROGRESS
    ]
    if running:
        return "Qualification SecNumCloud en préparation : elle n’est pas acquise."
    return "Aucune qualification SecNumCloud en vigueur."


MOST_STANDING = 3


def stack_layers(layers: list[Layer], *, standing: Sequence[Dependant] = ()) -> list[StackLayer]:
    """What the picture draws: the first offers that stand on this one, then its own layers."""
    today, falls = timezone.localdate(), falls_of(layers)
    above = list(standing[:MOST_STANDING])
    drawn = [_standing(one) for one in above]
    for place, item in enumerate(layers):
        loses, relies = _shifted(falls[place], place, above)
        names = [*(one.offer.name for one in above), *(one.name for one in layers)]
        more = len(standing) - len(above)
        drawn.append(
            StackLayer(
                layer=item.layer,
                name=item.name,
                region=regions_words(item.region),
                state=_state_words(item, today),
                url=item.offer.get_absolute_url() if item.offer else "",
                inherits=_link_below(layers, place),
                broken=item.trust is not None and item.trust.status_on(today) in LOST_STATUSES,
                loses=loses,
                relies=relies,
                falls=_falls_words([names[n] for n in loses], [names[n] for n in relies], more=more),
            )
        )
    return drawn


def _standing(one: Dependant) -> StackLayer:
    state = "Perd aussi son statut" if one.loses else "Garde son statut"
    regions = regions_words(", ".join(one.offer.regions or []))
    url = one.offer.get_absolute_url()
    return StackLayer(own_layer(one.offer), one.offer.name, regions, state, url, standing=True)


def _shifted(falls: Falls, place: int, above: Sequence[Dependant]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Places in the picture, what stands on the offer included: it loses its status where the offer does."""
    own_status = place == 0 or 0 in falls.loses
    lost = [n for n, one in enumerate(above) if one.loses and own_status]
    kept = [n for n in range(len(above)) if n not in lost]
    shift = len(above)
    loses = (*lost, *(n + shift for n in falls.loses))
    return loses, (*kept, *(n + shift for n in falls.relies))


def _link_below(layers: Sequence[Layer], place: int) -> bool | None:
    """Of the layer with the one drawn just under it; None: it does not stand on that one."""
    under = layers[place + 1].supports if place + 1 < len(layers) else ()
    return next((one.inherits for one in under if one.above == place), None)


def _falls_words(loses: Sequence[str], relies: Sequence[str], *, more: int) -> str:
    said = []
    if loses:
        said.append(f"{_names(loses)} {'perd' if len(loses) == 1 else 'perdent'} le statut qui s’y appuie")
    if relies:
        verb = "repose dessus et garde" if len(relies) == 1 else "reposent dessus et gardent"
        said.append(f"{_names(relies)} {verb} {'son' if len(relies) == 1 else 'leur'} statut")
    if not said:
        return ""
    others = f" {plural(more, one='autre offre du catalogue', many='autres offres du catalogue')} aussi."
    return french(f"Si cette couche tombe : {' ; '.join(said)}.") + (others if more > 0 else "")


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} et {names[-1]}"


def regions_words(regions: str) -> str:
    """« Paris (France), Allemagne » of « FR-Paris, DE »; empty when none is known."""
    return ", ".join(place_words(region) for region in regions.split(", ") if region)


def _state_words(item: Layer, today: datetime.date) -> str:
    if item.offer is None:
        return "Statut inconnu"
    if item.trust is None:
        return "SecNumCloud inconnu" if not item.offer.is_internal_state else "Cloud de l’État"
    return SNC_WORDS[item.trust.status_on(today)]


SNC_WORDS = {
    TrustStatus.IN_FORCE: "Qualifié",
    TrustStatus.EXPIRING: "Qualifié, fin proche",
    TrustStatus.RENEWAL_PENDING: "Renouvellement en cours",
    TrustStatus.IN_PROGRESS: "Qualification préparée",
    TrustStatus.ANNOUNCED: "Qualification annoncée",
    TrustStatus.SUSPENDED: "Qualification suspendue",
    TrustStatus.EXPIRED: "Qualification expirée",
    TrustStatus.WITHDRAWN: "Qualification retirée",
    TrustStatus.ABANDONED: "Qualification abandonnée",
    TrustStatus.NONE: "Non qualifié",
    TrustStatus.UNKNOWN: "Inconnu",
    TrustStatus.NOT_APPLICABLE: "Sans objet",
}


def stack_conclusion(layers: list[Layer]) -> str:
    """What the picture says, in words."""
    today = timezone.localdate()
    top, below = layers[0], layers[1:]
    own = top.trust.status_on(today) if top.trust else TrustStatus.UNKNOWN
    held_below = [x for x in below if x.trust and x.trust.status_on(today) in HELD_STATUSES]
    if not below:
        return "Hébergeur non déclaré : on ne sait pas sur quoi cette offre repose."
    if top.trust and top.trust.is_undermined(today):
        return "La couche sur laquelle cette offre s’appuie a perdu son statut : l’offre le perd avec elle."
    if own in HELD_STATUSES:
        if any(one.above == 0 and one.inherits for layer in below for one in layer.supports):
            return "Cette offre est qualifiée et s’appuie sur la couche du dessous."
        return "Cette offre est qualifiée sans s’appuyer sur le statut de la couche du dessous."
    if held_below:
        return "Cette offre n’est pas qualifiée. Être posée sur une couche qualifiée ne la qualifie pas."
    return "Cette offre n’est pas qualifiée, ni la couche sur laquelle elle repose."


def timeline(marks: Iterable[TrustMark]) -> list[TimelineFact]:
    """All facts of these marks, oldest first, with the end foreseen. One query."""
    known = {mark.pk: mark for mark in marks}
    facts = TrustFact.objects.filter(mark__in=known.keys()).select_related("supersedes")
    told = [_told(fact, known[fact.mark_id]) for fact in facts]
    today = timezone.localdate()
    told += [
        TimelineFact(mark.valid_until, f"{mark.name} : fin de validité", mark.source, "", "", future=True)
        for mark in known.values()
        if mark.valid_until and mark.valid_until >= today and mark.status in HELD_STATUSES
    ]
    return sorted(told, key=_moment)


def _moment(fact: TimelineFact) -> tuple[bool, datetime.date]:
    on = fact.on
    if on is None:
        return (False, datetime.date.min)
    return (True, timezone.localdate(on) if isinstance(on, datetime.datetime) else on)


def _told(fact: TrustFact, mark: TrustMark) -> TimelineFact:
    words = f"{mark.name} : {TrustStatus(fact.status).label.lower()}"
    if fact.milestone:
        words += f" ({fact.milestone})"
    if fact.status == TrustStatus.UNKNOWN:
        words = f"{mark.name} : à reprouver. {fact.reason}".strip()
    if fact.act_reference:
        words += f", acte {fact.act_reference}"
    corrects = (
        f"fait enregistré le {timezone.localdate(fact.supersedes.recorded_at):%d/%m/%Y}"
        if fact.supersedes
        else ""
    )
    source, url = fact.source, mark.source_url
    if fact.status in LOST_STATUSES and fact.issuer and fact.act_date:
        source, url = f"{fact.issuer}, acte du {fact.act_date:%d/%m/%Y}", ""
    return TimelineFact(fact.effective_at, words, source, url, fact.origin, corrects=corrects)


def unit_words(line: PriceLine) -> str:
    return price_unit({"period": line.period, "kind": line.kind, "unit": line.unit})


def plans_of(version: OfferVersion | None) -> list[tuple[object, list[tuple[PriceLine, str, list[str]]]]]:
    """Plans with their lines, the unit in words, the conditions. Two queries."""
    if version is None:
        return []
    return [
        (plan, [(line, unit_words(line), conditions(line.component)) for line in plan.lines.all()])
        for plan in version.plans.prefetch_related("lines")
    ]
