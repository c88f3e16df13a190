"""The ceremony: two of the three give their secrets after the closing; the set that the journal fixed is
opened, the last deposit of each supplier for each lot, and nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from marketplace.audit.journal import record
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.files.store import store_upload
from procurement.consultations import vault
from procurement.consultations.closing import close_if_due, entries_of
from procurement.consultations.container import NotAResponse, unpack
from procurement.consultations.depositing import context_of
from procurement.consultations.enums import ConsultationState, Purpose
from procurement.consultations.keys import pair_of
from procurement.consultations.rehearsing import give_to_others
from procurement.consultations.sealing import ceremony
from procurement.consultations.sealing.box import KeyPair, SealBroken, open_box
from procurement.consultations.sealing.contexts import commitment
from procurement.models import (
    Consultation,
    ConsultationKey,
    KeyShare,
    OpenedFile,
    OpenedResponse,
    SealedDeposit,
    ShareGift,
)

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


@dataclass(frozen=True)
class Ceremony:
    """`refusal`: why the set could not be opened, journalled; nothing is changed then."""

    opened: bool
    waits_for: tuple[str, ...] = ()
    refusal: str = ""


@dataclass
class _Hand:
    """What one holder brings: shares that their secret unwraps, and keys that become whole."""

    shares: list[tuple[KeyShare, bytes]] = field(default_factory=list)
    private: dict[int, bytes] = field(default_factory=dict)


class SetAltered(Exception):
    """The deposits are not those that the journal fixed."""


def give_secret(consultation: Consultation, *, actor: Actor, secret: str) -> Ceremony:
    """The first secret hands its share over, sealed to the two others; the second one opens.

    Raises MoveRefused before the closing, RuleBroken on a wrong secret. A set that was altered is not
    raised but told in the result: its journal line must stay.
    """
    consultation = close_if_due(consultation)
    with transaction.atomic():
        row = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        _refuse_unless_closed(row)
        keys = needed_keys(row)
        hand = _hand_of(row, keys, actor=actor, secret=secret)
        missing = [key for key in keys if key.pk not in hand.private]
        if missing:
            result = _hand_over(row, hand, missing, actor=actor)
        else:
            result = _open_all(row, hand, actor=actor)
    consultation.refresh_from_db()
    return result


def _refuse_unless_closed(row: Consultation) -> None:
    if row.state == ConsultationState.PUBLISHED:
        raise MoveRefused(
            "not_over",
            "Rien ne s’ouvre avant la clôture : revenez quand elle sera passée.",
            about=row,
        )
    row.check_move("open")


def needed_keys(row: Consultation) -> list[ConsultationKey]:
    """Those that deposits are sealed to; without deposits the current one, so that an empty set takes two
    people too and looks like any other until then."""
    used = SealedDeposit.objects.filter(consultation=row).values("key_id")
    keys = list(row.keys.filter(pk__in=used).order_by("serial"))
    return keys or list(row.keys.current())


def _hand_of(row: Consultation, keys: list[ConsultationKey], *, actor: Actor, secret: str) -> _Hand:
    """Raises RuleBroken when the secret is not of a holder of one of these keys."""
    shares = list(
        KeyShare.objects.filter(key__in=keys, holder__user=actor.user)
        .select_related("holder", "key")
        .order_by("-key__serial")
    )
    if not shares:
        raise MoveRefused("holds_no_share", "Vous ne tenez aucune part de ces clés.", about=row)
    hand, wrong = _Hand(), None
    for share in shares:
        try:
            pair = pair_of(share.holder, secret)
        except RuleBroken as error:
            wrong = wrong or error
            continue
        _unwrap(row, share, pair, hand)
    if not hand.shares:
        assert wrong is not None  # every share was refused
        raise wrong
    return hand


def _unwrap(row: Consultation, share: KeyShare, pair: KeyPair, hand: _Hand) -> None:
    key, position = share.key, share.position
    try:
        plain = ceremony.unwrap_share(
            bytes(share.wrapped), holder=pair, key=key.fingerprint, position=position
        )
        if ceremony.digest(plain) != share.digest:
            raise SealBroken("not the share that was split")
        hand.shares.append((share, plain))
        gift = share.received.filter(purpose=Purpose.OPENING).select_related("giver").first()
        if gift is not None:
            giver = gift.giver.position
            theirs = ceremony.receive(
                bytes(gift.sealed), holder=pair, key=key.fingerprint, giver=giver, receiver=position
            )
            hand.private[key.pk] = ceremony.join(
                {position: plain, giver: theirs}, public=bytes(key.public_key)
            )
    except SealBroken as error:
        raise MoveRefused(
            "share_broken",
            "La part gardée pour vous ne s’ouvre pas. Une autre des trois personnes peut donner son secret.",
            about=row,
        ) from error


def _hand_over(row: Consultation, hand: _Hand, missing: list[ConsultationKey], *, actor: Actor) -> Ceremony:
    for share, plain in hand.shares:
        give_to_others(share, plain, name=share.key.fingerprint, purpose=Purpose.OPENING)
    row.touch(
        "give_secret",
        actor=actor,
        apply=lambda _: None,
        detail={"positions": sorted({share.position for share, _ in hand.shares})},
    )
    return Ceremony(opened=False, waits_for=_who_may_finish(missing, without=actor))


def _who_may_finish(missing: list[ConsultationKey], *, without: Actor) -> tuple[str, ...]:
    shares = KeyShare.objects.filter(key__in=missing).exclude(holder__user=without.user)
    return tuple(sorted({str(share.holder.user) for share in shares.select_related("holder__user")}))


def present(row: Consultation) -> list[str]:
    """Who has given their secret for the opening so far."""
    gifts = ShareGift.objects.filter(purpose=Purpose.OPENING, giver__key__consultation=row)
    return sorted({str(gift.giver.holder.user) for gift in gifts.select_related("giver__holder__user")})


# -- opening


def _open_all(row: Consultation, hand: _Hand, *, actor: Actor) -> Ceremony:
    people = sorted({*present(row), str(actor.user)})
    try:
        with transaction.atomic():
            boxes = checked_set(row)
            last = last_deposits(row)
            for made in last:
                _open_one(made, boxes[made.pk], hand, actor=actor)
            _journal_deposits(row, last, actor=actor)
            row.perform(
                "open",
                actor=actor,
                apply=_opened_now,
                detail={
                    "present": people,
                    "positions": sorted(_positions(row) | {share.position for share, _ in hand.shares}),
                    "commitment": row.commitment,
                    "responses": len(last),
                },
            )
    except (SetAltered, SealBroken, NotAResponse) as error:
        # The journal keeps why; the deposits and the state are as they were.
        record(row, "opening_refused", actor=actor, from_state=row.state, detail={"why": str(error)})
        return Ceremony(opened=False, refusal=f"L’ouverture est refusée : {error}.")
    ShareGift.objects.filter(purpose=Purpose.OPENING, giver__key__consultation=row).delete()
    return Ceremony(opened=True)


def _opened_now(row: Consultation) -> None:
    row.opened_at = timezone.now()


def _positions(row: Consultation) -> set[int]:
    gifts = ShareGift.objects.filter(purpose=Purpose.OPENING, giver__key__consultation=row)
    return set(gifts.values_list("giver__position", flat=True))


def checked_set(row: Consultation) -> dict[int, bytes]:
    """Every ciphertext, by its deposit, when the register is what the journal fixed at the closing and each
    file is what the register says. Raises SetAltered naming what differs, never what is inside."""
    journalled = _journalled_commitment(row)
    now = commitment(entries_of(row), salt=row.commitment_salt)
    if not (hmac.compare_digest(now, row.commitment) and hmac.compare_digest(now, journalled)):
        raise SetAltered("le registre des dépôts n’est plus celui que le journal a fixé à la clôture")
    boxes = {}
    for made in SealedDeposit.objects.filter(consultation=row):
        try:
            box = vault.read_sealed(made.uuid)
        except FileNotFoundError as error:
            raise SetAltered(f"le fichier scellé {made.ciphertext_sha256[:16]} manque") from error
        if hashlib.sha256(box).hexdigest() != made.ciphertext_sha256:
            raise SetAltered(f"le fichier scellé {made.ciphertext_sha256[:16]} a été modifié")
        boxes[made.pk] = box
    return boxes


def _journalled_commitment(row: Consultation) -> str:
    events = AuditEvent.objects.filter(
        object_type=row._meta.label_lower, object_id=row.pk, what="close"
    ).select_related("side")
    event = events.order_by("-pk").first()
    return str(event.side.detail.get("commitment", "")) if event is not None else ""


def last_deposits(row: Consultation) -> list[SealedDeposit]:
    """The last of each supplier for each lot, by lot then by time; none of a lot that ended before: it is
    never opened."""
    rows = SealedDeposit.objects.filter(consultation=row, lot__outcome=None).for_pages()
    last: dict[tuple[int, int], SealedDeposit] = {}
    for made in rows.order_by("sequence"):
        last[made.lot_id, made.supplier_id] = made
    return sorted(last.values(), key=lambda made: (made.lot.number, made.received_at, made.pk))


def _open_one(made: SealedDeposit, box: bytes, hand: _Hand, *, actor: Actor) -> None:
    """Raises SealBroken, NotAResponse."""
    private = hand.private[made.key_id]
    plain = open_box(box, private=private, context=context_of(made, key=made.key, sequence=made.sequence))
    answers, files = unpack(plain)
    opened = OpenedResponse.objects.create(deposit=made, content=answers)
    for one in files:
        # Held until it is scanned: no scan came before, so that none could make a deposit late.
        upload = SimpleUploadedFile(one.name, one.content)
        stored = store_upload(upload, owner=made.consultation.organisation, actor=actor)
        OpenedFile.objects.create(response=opened, file=stored)


def _journal_deposits(row: Consultation, last: Iterable[SealedDeposit], *, actor: Actor) -> None:
    """From now on the journal may name them: one line each, the last ones marked."""
    opened = {made.pk for made in last}
    for made in SealedDeposit.objects.filter(consultation=row).for_pages().order_by("received_at", "pk"):
        detail: dict[str, Any] = {**made.receipt, "opened": made.pk in opened}
        record(made, "deposit", actor=actor, detail=detail)
