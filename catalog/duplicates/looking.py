"""Offers that look like one another: found when an offer's version or supplier changes, a few at a time.

Candidates come from indexes (names of alike letters, same site, same supplier): one query an offer,
whatever the number of offers.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from catalog.enums import DuplicateState
from catalog.likeness import Likeness, likeness
from catalog.models import DuplicateLook, DuplicatePair, Offer
from catalog.models.duplicate import WAITING
from catalog.models.offer import CLOSED_STATES
from marketplace.accounts.actors import system_actor

ACTOR = system_actor("duplicates")
A_TIME = 200
# New pairs that one offer may open: a supplier's 300 offers named alike must not make 45,000 rows to judge.
PAIRS_AN_OFFER = 20
CLOSED = "L’une des deux offres n’est plus au catalogue."
UNLIKE = "Les deux offres ne se ressemblent plus assez."

# The site without its protocol, « www. » and last « / »; the same expression as the index.
SITE = r"regexp_replace(lower({0}.website), '^https?://(www\.)?|/+$', '', 'g')"
_ALIKE = f"""
WITH mine AS (SELECT * FROM catalog_offer WHERE id = %(offer)s),
found AS (
  SELECT o.id FROM catalog_offer o, mine WHERE o.name %% mine.name
  UNION
  SELECT o.id FROM catalog_offer o, mine WHERE mine.website <> '' AND o.website <> ''
     AND {SITE.format("o")} = {SITE.format("mine")}
  UNION
  SELECT o.id FROM catalog_offer o, mine WHERE o.supplier_id = mine.supplier_id
)
SELECT o.id, similarity(unaccent(o.name), unaccent(mine.name)),
  CASE WHEN o.description <> '' AND mine.description <> ''
       THEN similarity(unaccent(o.description), unaccent(mine.description)) END,
  CASE WHEN o.website <> '' AND mine.website <> '' THEN {SITE.format("o")} = {SITE.format("mine")} END
FROM found JOIN catalog_offer o USING (id), mine
WHERE o.id <> mine.id AND o.live_version_id IS NOT NULL AND o.state NOT IN ('withdrawn', 'removed')
"""  # noqa: S608 - our own expressions


@dataclass(frozen=True, slots=True)
class Alike:
    offer: int
    likeness: Likeness


def alike(offer: Offer) -> list[Alike]:
    """The public offers likely to be the same as this one. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, {"offer": offer.pk})
        rows = cursor.fetchall()
    found = [
        Alike(pk, likeness(name=name, description=description, same_website=site))
        for pk, name, description, site in rows
    ]
    return [each for each in found if each.likeness.is_likely]


def to_look_at() -> QuerySet[Offer]:
    """Public offers not compared since their version or their supplier changed."""
    seen = Q(duplicate_look__version=F("live_version"), duplicate_look__supplier=F("supplier"))
    looked = Offer.objects.public().filter(seen)
    return Offer.objects.public().exclude(pk__in=looked.values("pk")).order_by("pk")


def look(offer: Offer, *, wait: bool = True) -> bool:
    """Compare one offer, write its likeliest pairs. Safe to run twice; one at a time over the catalogue.

    False: another worker compares and ``wait`` is not asked for; nothing was done.
    """
    with transaction.atomic():
        if not _turn(wait=wait):
            return False
        # Seen before the comparison: what changes meanwhile is looked at again.
        seen = Offer.objects.public().filter(pk=offer.pk).first()
        if seen is None:
            return True
        found = {each.offer: each.likeness for each in alike(seen)}
        mine = DuplicatePair.objects.filter(Q(first=seen) | Q(second=seen))
        known = {pair.second_id if pair.first_id == seen.pk else pair.first_id: pair for pair in mine}
        likeliest = sorted(found, key=lambda other: (-found[other].score, other))[:PAIRS_AN_OFFER]
        for other in {*likeliest, *(found.keys() & known.keys())}:
            _write(seen.pk, other, found[other], known.get(other))
        for other, pair in known.items():
            if other not in found and pair.state in WAITING:
                pair.lapse(actor=ACTOR, reason=UNLIKE)
        DuplicateLook.objects.update_or_create(
            offer=seen, defaults={"version_id": seen.live_version_id, "supplier_id": seen.supplier_id}
        )
    return True


def _turn(*, wait: bool) -> bool:
    take = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {take}(hashtext('catalog.duplicates'))")
        return wait or bool(cursor.fetchone()[0])


def _write(offer: int, other: int, how: Likeness, pair: DuplicatePair | None) -> None:
    """A new pair, or the figures of one that waits; one that lapsed comes back. A judgement stays."""
    if pair is None:
        first, second = sorted((offer, other))
        made = DuplicatePair.objects.create(
            first_id=first, second_id=second, parts=dict(how.parts), score=how.score
        )
        made.journal_creation(actor=ACTOR, detail={"score": how.score, **how.parts})
        return
    if pair.state == DuplicateState.LAPSED:
        pair.reopen(actor=ACTOR, reason="Les deux offres se ressemblent de nouveau.")
    if pair.state in WAITING:
        DuplicatePair.objects.filter(pk=pair.pk).update(parts=dict(how.parts), score=how.score)


def lapse_closed() -> int:
    """Pairs of which one offer left the catalogue wait for nobody. Safe to run twice."""
    closed = Q(first__state__in=CLOSED_STATES) | Q(second__state__in=CLOSED_STATES)
    gone = DuplicatePair.objects.filter(closed, state__in=WAITING).order_by("pk")
    for pair in gone:
        pair.lapse(actor=ACTOR, reason=CLOSED)
    return len(gone)


def look_for_duplicates() -> int:
    """At most A_TIME offers; how many were compared. A worker that finds another at it leaves it the rest."""
    lapse_closed()
    done = 0
    for offer in to_look_at()[:A_TIME]:
        if not look(offer, wait=False):
            break
        done += 1
    return done
