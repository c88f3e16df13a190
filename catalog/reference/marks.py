"""Trust marks of the public sheets, with the facts that made them."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from catalog.enums import Origin, Scheme, TrustStatus
from catalog.models import Offer, TrustFact, TrustMark
from catalog.models.trust import status_by_the_clock
from catalog.trust import ANSSI, REFERENCE, record_status
from marketplace.accounts.actors import system_actor

PARIS = ZoneInfo("Europe/Paris")
ACTOR = system_actor(REFERENCE)
REGISTER_SOURCE = "catalogue de l’ANSSI, édition du 15 septembre 2026"
REGISTER_URL = (
    "https://messervices.cyber.gouv.fr/visas/"
    "catalogue-produits-services-profils-de-protection-sites-certifies-qualifies-agrees-anssi.pdf"
)


def load_marks(offer: Offer, rows: list[dict[str, Any]], *, sources: dict[str, str], read_on: str) -> None:
    """Insert new marks, follow changed ones. The caller recomputes effective trust."""
    existing = {(m.scheme, m.label): m for m in offer.trust_marks.exclude(origin=Origin.VERIFIED)}
    for row in rows:
        mark = existing.get((row["scheme"], row.get("label", "")))
        if mark is None:
            _insert(offer, row, sources=sources, read_on=read_on)
        elif mark.belongs_to_operator and _differs(mark, row) and not _told_since(mark, read_on):
            _follow(mark, row, read_on=read_on)


def _differs(mark: TrustMark, row: dict[str, Any]) -> bool:
    """An end that the clock has recorded is what the file foresaw."""
    today, until = timezone.localdate(), row.get("valid_until")
    foreseen = status_by_the_clock(row["status"], until=_day(until), on=today)
    return (mark.status_on(today), _iso(mark.valid_until)) != (foreseen, until)


def _told_since(mark: TrustMark, read_on: str) -> bool:
    """Something newer than this reading is known: another reading, or what a person recorded that day or
    later. The file would put it behind."""
    if mark.read_on is not None and mark.read_on.isoformat() > read_on:
        return True
    by_people = mark.facts.filter(recorded_by__isnull=False, recorded_at__date__gte=read_on)
    return _questioned_since(mark, read_on) or by_people.exists()


def _questioned_since(mark: TrustMark, read_on: str) -> bool:
    """The register was read before the offer changed hands: it names the former holder."""
    if mark.status != TrustStatus.UNKNOWN:
        return False
    last = mark.facts.order_by("recorded_at", "pk").last()
    return last is not None and read_on <= timezone.localdate(last.recorded_at).isoformat()


def _insert(offer: Offer, row: dict[str, Any], *, sources: dict[str, str], read_on: str) -> None:
    register = row["origin"] == Origin.REGISTER
    mark = TrustMark.objects.create(
        offer=offer,
        scheme=row["scheme"],
        label=row.get("label", ""),
        level=row.get("level", ""),
        scope=row.get("scope", ""),
        regions=[],
        status=row["status"],
        milestone=row.get("milestone") or "",
        valid_from=row.get("valid_from"),
        valid_until=row.get("valid_until"),
        decision_number=row.get("decision_number") or "",
        issuer=ANSSI if row["scheme"] in (Scheme.SECNUMCLOUD, Scheme.CSPN) else "",
        origin=row["origin"],
        source=REGISTER_SOURCE if register else cited(row.get("sources"), sources)[:300],
        source_url=REGISTER_URL if register else "",
        read_on=read_on,
        note=row.get("note", ""),
    )
    milestones = row.get("milestones") or {}
    for name, day in milestones.items():
        _fact(mark, status=TrustStatus.IN_PROGRESS, milestone=name, day=day)
    if not milestones:
        _fact(mark, status=row["status"], milestone="", day=row.get("valid_from"))


def cited(keys: Any, sources: dict[str, str]) -> str:
    """The sources in words. A sentence in place of a key is kept as it is."""
    if not keys:
        return sources["unsourced"]
    return " ; ".join(sources.get(key, key) for key in (keys if isinstance(keys, list) else [keys]))


def _fact(mark: TrustMark, *, status: str, milestone: str, day: str | None) -> None:
    TrustFact.objects.create(
        mark=mark,
        status=status,
        milestone=milestone,
        effective_at=_midnight(day),
        valid_until=mark.valid_until,
        issuer=mark.issuer,
        act_reference=mark.decision_number,
        act_date=_day(day),
        origin=mark.origin,
        source=mark.source,
    )


def _follow(mark: TrustMark, row: dict[str, Any], *, read_on: str) -> None:
    """A newer reading of the register, recorded as a correction of the last fact."""
    record_status(
        mark,
        status=row["status"],
        actor=ACTOR,
        effective_at=_midnight(row.get("valid_from")),
        issuer=mark.issuer or "organisme du registre",
        act_reference=row.get("decision_number") or "lecture du registre",
        act_date=_day(row.get("valid_from") or read_on),
        supersedes=mark.facts.filter(superseded_by__isnull=True).last(),
        valid_from=_day(row.get("valid_from")),
        valid_until=_day(row.get("valid_until")),
        decision_number=row.get("decision_number") or "",
        milestone=row.get("milestone") or "",
        read_on=_day(read_on),
    )


def _iso(day: datetime.date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> datetime.date | None:
    """None when unknown or when only the month is known."""
    try:
        return datetime.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _midnight(text: str | None) -> datetime.datetime | None:
    day = _day(text)
    return datetime.datetime.combine(day, datetime.time(), tzinfo=PARIS) if day else None
