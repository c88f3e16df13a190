"""What qualification gives away with the catalogue: waivers, published with the offers they concern."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from catalog.enums import OfferState
from catalog.opendata.datasets import CHUNK, DataSet, register_dataset, register_offer_part
from catalog.opendata.licence import absolute
from catalog.opendata.records import Record
from qualification.models import Waiver

COLUMNS = (
    "id", "offer", "offer_number", "offer_name", "page", "check_code", "check", "could_not_verify", "reason",
    "asked_by", "asked_at", "accepted_by", "accepted_at", "acceptance", "standing", "valid_until", "ended_at",
    "end_reason",
)  # fmt: skip


def waiver_record(waiver: Waiver) -> Record:
    """No query: relations are given. It never says that the check passed."""
    answered = waiver.answered_by
    return {
        "id": str(waiver.uuid),
        "offer": str(waiver.offer.uuid),
        "offer_number": waiver.offer.number,
        "offer_name": waiver.offer.name,
        "page": absolute(waiver.offer.get_absolute_url()),
        "check_code": waiver.check_code,
        "check": waiver.title,
        "could_not_verify": waiver.run.message,
        "reason": waiver.reason,
        "asked_by": waiver.asked_by.full_name,
        "asked_at": waiver.asked_at.isoformat(timespec="seconds"),
        "accepted_by": answered.full_name if answered else None,
        "accepted_at": waiver.answered_at.isoformat(timespec="seconds") if waiver.answered_at else None,
        "acceptance": waiver.answer,
        "standing": waiver.standing,
        "valid_until": waiver.valid_until.isoformat(),
        "ended_at": waiver.ended_at.isoformat(timespec="seconds") if waiver.ended_at else None,
        "end_reason": waiver.end_reason or None,
    }


def _rows() -> QuerySet[Waiver]:
    """Accepted one day, of offers that were listed. A removed offer is said no more."""
    told = Waiver.objects.filter(accepted=True, offer__live_version__isnull=False)
    rows = told.exclude(offer__state=OfferState.REMOVED)
    return rows.select_related("offer", "run", "asked_by", "answered_by").order_by("asked_at", "pk")


def _waivers() -> Iterator[Record]:
    for waiver in _rows().iterator(chunk_size=CHUNK):
        yield waiver_record(waiver)


def _in_force() -> dict[int, list[Record]]:
    """By offer, those of today. One query."""
    found: dict[int, list[Record]] = {}
    for waiver in _rows().filter(valid_until__gte=timezone.localdate(), ended_at__isnull=True):
        record = waiver_record(waiver)
        part = {name: record[name] for name in ("id", "check_code", "reason", "accepted_at", "valid_until")}
        found.setdefault(waiver.offer_id, []).append(part)
    return found


def register() -> None:
    register_offer_part("waivers", _in_force)
    register_dataset(
        DataSet(
            "waivers",
            "Écarts acceptés au référencement",
            "Chaque contrôle obligatoire qui n’a pas pu conclure et que deux personnes ont laissé passer "
            "jusqu’à une date, avec leurs motifs. Ce n’est pas une preuve de conformité. Les écarts terminés "
            "restent.",
            ("json", "ndjson", "csv"),
            ("référencement", "contrôle", "écart"),
            _waivers,
            lambda: [*COLUMNS, "licence"],
        )
    )
