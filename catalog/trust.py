"""Statuses of trust: recording a dated fact, and what it makes of the offers standing on it.

Effective trust is recomputed for the offer and for everything that relies on it, in the transaction
that records the fact. One lock covers facts and stack edges, so two changes never cross.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from catalog.enums import HELD_STATUSES, RECORDED_STATUSES, Origin, Scheme, TrustStatus
from catalog.models import EffectiveTrust, Offer, OfferSearchRow, TrustFact, TrustMark, TrustReport
from catalog.propagation import recomputed
from catalog.states import TRUST_MOVES
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken, VersionStale
from marketplace.events.bus import emit

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

ANSSI = "ANSSI"
REFERENCE = "reference"
NEEDS_ACT = frozenset({TrustStatus.SUSPENDED, TrustStatus.WITHDRAWN})
# An end of validity is nobody's act: the clock records it.
DECIDED_LOSSES = NEEDS_ACT | {TrustStatus.ABANDONED}
CLOCK_TOLERANCE = datetime.timedelta(minutes=5)
DATED_FIELDS = (
    "valid_from",
    "valid_until",
    "decision_number",
    "milestone",
    "level",
    "read_on",
    "source",
    "source_url",
)


def lock_stack(*, shared: bool = False) -> None:
    """Held until the end of the transaction; also taken by the trigger on stack edges.

    `shared`: for who reads a status and acts on it; readers do not wait for each other.
    """
    suffix = "_shared" if shared else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{suffix}(hashtext('catalog.stack'))")


@dataclass(frozen=True, slots=True)
class Act:
    """What the issuer did, and when it takes effect. `effective_at` None: the date is not known."""

    status: TrustStatus
    effective_at: datetime.datetime | None
    issuer: str = ""
    reference: str = ""
    date: datetime.date | None = None


def record_status(
    mark: TrustMark,
    *,
    status: str,
    actor: Actor,
    effective_at: datetime.datetime | None = None,
    issuer: str = "",
    act_reference: str = "",
    act_date: datetime.date | None = None,
    reason: str = "",
    origin: str = "",
    supersedes: TrustFact | None = None,
    expected_version: int | None = None,
    **dated: Any,
) -> TrustFact:
    """Append a fact, change the mark, recompute the offer and its dependants, tell the upper apps.

    `dated` may give any of DATED_FIELDS. An issuer's act read by us is not the supplier's word: unless
    `origin` says otherwise its fact is « constaté au registre ». Raises MoveRefused when no move leads
    there (a fact that `supersedes` another is a correction and may lead anywhere), RuleBroken when the
    issuer's act is missing, VersionStale.
    """
    act = Act(TrustStatus(status), effective_at or timezone.now(), issuer, act_reference.strip(), act_date)
    _refuse_unknown(dated)
    with transaction.atomic():
        lock_stack()
        locked = locked_mark(mark, expected_version)
        move = _move_name(locked, act.status, correction=supersedes is not None)
        check_act(locked, act, actor=actor)
        before = locked.status
        _change(locked, act, dated=dated)
        origin = origin or (Origin.REGISTER if act.reference else locked.origin)
        fact = TrustFact(mark=locked, reason=reason, origin=origin, supersedes=supersedes)
        append_fact(fact, act, actor=actor)
        told = _told(act)
        record(locked, move, actor=actor, from_state=before, to_state=act.status, reason=reason, detail=told)
        spread(locked, before=before, fact=fact)
    mark.refresh_from_db()
    return fact


def _refuse_unknown(dated: dict[str, Any]) -> None:
    unknown = set(dated) - set(DATED_FIELDS)
    if unknown:
        raise TypeError(f"not dated fields of a mark: {sorted(unknown)}")


def locked_mark(mark: TrustMark, expected_version: int | None) -> TrustMark:
    rows = TrustMark.objects.select_for_update(of=("self",)).select_related("offer__supplier")
    locked = rows.get(pk=mark.pk)
    if expected_version is not None and locked.version != expected_version:
        raise VersionStale(current=locked.version, about=locked)
    return locked


def spread(mark: TrustMark, *, before: str, fact: TrustFact) -> None:
    """Recompute what relies on the mark, then tell the upper apps."""
    emit(
        "trust_mark.status_changed",
        {
            "mark": mark.pk,
            "fact": fact.pk,
            "offers": recompute([mark.offer_id]),
            "from": before,
            "status": mark.status,
            "scheme": mark.scheme,
        },
    )


def _move_name(mark: TrustMark, status: TrustStatus, *, correction: bool) -> str:
    if status not in RECORDED_STATUSES:
        raise RuleBroken(
            "status_not_recorded", "Ce statut se déduit, il ne s’enregistre pas.", field="status"
        )
    found = next((m for m in TRUST_MOVES.values() if m.target == status and mark.status in m.sources), None)
    if found is not None:
        return found.name
    if correction:
        return "correct"
    raise MoveRefused(
        "wrong_state",
        f"« {mark.name} » est au statut « {TrustStatus(mark.status).label} » : "
        f"« {status.label} » ne peut pas suivre. Enregistrez une correction du fait précédent.",
        about=mark,
    )


def check_act(mark: TrustMark, act: Act, *, actor: Actor | None = None) -> None:
    """Raises RuleBroken. A loss is recorded on its issuer's dated act only; for a qualification, the
    ANSSI's, which is needed for its return too."""
    _check_dates(act)
    if act.status in DECIDED_LOSSES:
        _refuse_fiction(mark, actor)
    reinstated = act.status == TrustStatus.IN_FORCE and mark.status == TrustStatus.SUSPENDED
    if act.status in NEEDS_ACT or (reinstated and mark.is_anssi):
        _check_reference(mark, act)


def _check_dates(act: Act) -> None:
    if act.effective_at is not None and act.effective_at > timezone.now() + CLOCK_TOLERANCE:
        raise RuleBroken(
            "effective_later",
            "La date d’effet est dans le futur. Enregistrez le fait à sa date.",
            field="effective_at",
        )
    if act.date is not None and act.date > timezone.localdate():
        raise RuleBroken("act_later", "La date de l’acte est dans le futur. Vérifiez-la.", field="act_date")


def _refuse_fiction(mark: TrustMark, actor: Actor | None) -> None:
    """In a demonstration a real offer loses nothing, except as its register is read again."""
    reads_register = actor is not None and actor.system == REFERENCE
    if settings.DEMONSTRATION and mark.offer.source_key and not reads_register:
        raise RuleBroken(
            "demonstration_real_offer",
            "Dans la démonstration, aucun fait fictif n’est attaché à une offre réelle.",
        )


def _check_reference(mark: TrustMark, act: Act) -> None:
    whose = "de l’ANSSI" if mark.is_anssi else "de l’organisme"
    missing = {}
    if mark.is_anssi and act.issuer != ANSSI:
        missing["issuer"] = [
            "Seule l’ANSSI suspend, retire ou rétablit une qualification. Indiquez « ANSSI »."
        ]
    elif not act.issuer.strip():
        missing["issuer"] = ["Indiquez l’organisme qui a pris l’acte."]
    if not act.reference:
        missing["act_reference"] = [f"Indiquez la référence de l’acte {whose}."]
    if act.date is None:
        missing["act_date"] = [f"Indiquez la date de l’acte {whose}."]
    if missing:
        raise RuleBroken(
            "act_missing",
            f"Une suspension se fonde sur un acte daté {whose}. Sans lui, enregistrez un signalement.",
            fields=missing,
        )


def _change(mark: TrustMark, act: Act, *, dated: dict[str, Any]) -> None:
    mark.status = act.status
    for name, value in dated.items():
        setattr(mark, name, value)
    mark.version += 1
    mark.full_clean(validate_unique=False, validate_constraints=True, exclude=["evidence", "offer"])
    mark.save()


def append_fact(fact: TrustFact, act: Act, *, actor: Actor) -> None:
    """Complete the fact from the act and from the mark as it now is."""
    mark = fact.mark
    fact.status, fact.milestone = act.status, mark.milestone
    fact.effective_at, fact.valid_until = act.effective_at, mark.valid_until
    fact.issuer, fact.act_reference, fact.act_date = act.issuer, act.reference, act.date
    fact.source, fact.recorded_by = mark.source, actor.user
    fact.save()


def _told(act: Act) -> dict[str, Any]:
    return {
        "issuer": act.issuer,
        "act_reference": act.reference,
        "act_date": act.date,
        "effective_at": act.effective_at,
    }


def add_mark(
    offer: Offer, *, actor: Actor, effective_at: datetime.datetime | None = None, **fields: Any
) -> TrustMark:
    """A new mark with its first fact, dated by the beginning of validity when nothing better is known.

    Raises ValidationError on a constraint (dates, scope given twice).
    """
    with transaction.atomic():
        lock_stack()
        mark = TrustMark(offer=offer, **fields)
        mark.full_clean(exclude=["evidence"])
        mark.save()
        fact = TrustFact.objects.create(
            mark=mark,
            status=mark.status,
            milestone=mark.milestone,
            effective_at=effective_at or _beginning(mark),
            valid_until=mark.valid_until,
            issuer=mark.issuer,
            origin=mark.origin,
            source=mark.source,
            recorded_by=actor.user,
        )
        record(mark, "create", actor=actor, to_state=mark.status)
        spread(mark, before="", fact=fact)
    return mark


def _beginning(mark: TrustMark) -> datetime.datetime | None:
    """Midnight in Paris of the first valid day of a status held; None when it is not known."""
    if mark.valid_from is None or mark.status not in HELD_STATUSES:
        return None
    return timezone.make_aware(datetime.datetime.combine(mark.valid_from, datetime.time()))


def confirm(mark: TrustMark, *, actor: Actor, source: str, read_on: datetime.date) -> TrustFact:
    """A declaration found in its issuer's register: from then on « vérifié par nos contrôles ».

    The status does not change. Call in a transaction.
    """
    lock_stack()
    locked = locked_mark(mark, None)
    locked.origin, locked.source, locked.read_on = Origin.VERIFIED, source, read_on
    locked.version += 1
    locked.save()
    fact = TrustFact(mark=locked, origin=Origin.VERIFIED)
    append_fact(fact, Act(TrustStatus(locked.status), timezone.now(), issuer=locked.issuer), actor=actor)
    record(locked, "confirm", actor=actor, detail={"source": source, "read_on": read_on})
    recompute([locked.offer_id])
    mark.refresh_from_db()
    return fact


def question(mark: TrustMark, *, actor: Actor, reason: str) -> TrustFact:
    """To be proved again: what was said of it was said of another holder. Nobody took it away, so it is
    unknown, not lost; its history stays. Call in a transaction that holds `lock_stack`.

    Raises MoveRefused when the mark holds nothing.
    """
    locked = locked_mark(mark, None)
    locked.check_move("question")
    before, locked.status = locked.status, TrustStatus.UNKNOWN
    locked.version += 1
    locked.save(update_fields=["status", "version"])
    fact = TrustFact(mark=locked, origin=locked.origin, reason=reason)
    append_fact(fact, Act(TrustStatus.UNKNOWN, timezone.now()), actor=actor)
    record(locked, "question", actor=actor, from_state=before, to_state=locked.status, reason=reason)
    spread(locked, before=before, fact=fact)
    return fact


def end_of_validity(last_day: datetime.date) -> datetime.datetime:
    """Midnight in Paris after the last valid day."""
    return timezone.make_aware(
        datetime.datetime.combine(last_day, datetime.time()) + datetime.timedelta(days=1)
    )


def report(mark: TrustMark, *, text: str, source: str, actor: Actor) -> TrustReport:
    """« Signalement »: kept and journalled, changes no status."""
    with transaction.atomic():
        kept = TrustReport.objects.create(mark=mark, text=text, source=source, recorded_by=actor.user)
        record(mark, "report", actor=actor, reason=text, detail={"source": source})
    return kept


def close_report(report: TrustReport, *, outcome: str, actor: Actor) -> TrustReport:
    """Say what came of it. Raises MoveRefused when it was said already; no status changes here."""
    with transaction.atomic():
        locked = TrustReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
        refuse_closed_report(locked)
        locked.outcome, locked.closed_by, locked.closed_at = outcome, actor.user, timezone.now()
        locked.save(update_fields=["outcome", "closed_by", "closed_at"])
        record(locked.mark, "report_closed", actor=actor, reason=outcome, detail={"report": locked.uuid})
    return locked


def refuse_closed_report(report: TrustReport) -> None:
    if report.closed_at is not None:
        raise MoveRefused("report_closed", "Ce signalement a déjà été traité. Rechargez la page.")


def recompute(offers: Iterable[int]) -> list[int]:
    """Effective trust and search rows of these offers and of all that relies on them.

    Call inside a transaction that holds `lock_stack`. Returns every offer looked at, sorted.
    """
    affected, rows = recomputed(offers, on=timezone.localdate())
    EffectiveTrust.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["offer", "scheme"],
        update_fields=[
            "status",
            "level",
            "valid_until",
            "base_until",
            "undermined_by",
            "mark",
            "computed_at",
        ],
        batch_size=500,
    )
    OfferSearchRow.objects.refresh(affected)
    return affected


def effective_status(offer: Offer, scheme: str, *, on: datetime.date | None = None) -> TrustStatus:
    """The status a buyer may rely on that day (default today). One query."""
    row = EffectiveTrust.objects.filter(offer=offer, scheme=scheme).first()
    return row.status_on(on or timezone.localdate()) if row else without_mark(offer, scheme)


def effective_statuses(
    offers: Iterable[Offer], scheme: str, *, on: datetime.date | None = None
) -> dict[int, TrustStatus]:
    """Same for many offers, by key. One query."""
    day, known = on or timezone.localdate(), list(offers)
    rows = {row.offer_id: row for row in EffectiveTrust.objects.filter(offer__in=known, scheme=scheme)}
    return {
        offer.pk: rows[offer.pk].status_on(day) if offer.pk in rows else without_mark(offer, scheme)
        for offer in known
    }


def without_mark(offer: Offer, scheme: str) -> TrustStatus:
    if offer.is_internal_state and scheme == Scheme.SECNUMCLOUD:
        return TrustStatus.NOT_APPLICABLE
    return TrustStatus.UNKNOWN
