"""The rehearsal: each of the three gives their secret once, and every couple opens the dummy.

It proves the secrets and the ceremony before anything is sealed for good. A share of the true key is
unwrapped alone, compared with its digest, and forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.errors import MoveRefused
from procurement.consultations.enums import ConsultationState, Purpose
from procurement.consultations.keys import REPLACING_STATES, pair_of
from procurement.consultations.sealing import ceremony
from procurement.consultations.sealing.box import KeyPair, SealBroken, fingerprint
from procurement.models import Consultation, ConsultationKey, KeyShare, ShareGift

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


@dataclass(frozen=True)
class Rehearsal:
    """Who gave their secret so far, of how many; `proved` once the key serves."""

    given: int
    proved: bool


def rehearse(consultation: Consultation, *, actor: Actor, secret: str) -> Rehearsal:
    """Raises MoveRefused without a key to prove, RuleBroken on a wrong secret."""
    with transaction.atomic():
        row = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        share = _share_to_prove(row, actor)
        pair = pair_of(share.holder, secret)
        try:
            _prove(share, pair)
        except SealBroken as error:
            raise MoveRefused(
                "key_broken",
                "La part gardée ne s’ouvre pas : cette clé ne servira pas. Remplacez la personne pour en "
                "faire une autre.",
                about=row,
            ) from error
        share.rehearsed_at = timezone.now()
        share.save(update_fields=["rehearsed_at"])
        detail = {"fingerprint": share.key.fingerprint, "position": share.position}
        row.touch("rehearse", actor=actor, apply=lambda _: None, detail=detail)
        given = share.key.shares.filter(rehearsed_at__isnull=False).count()
        proved = given == ceremony.SHARES
        if proved:
            _put_in_use(row, share.key, actor=actor)
    consultation.refresh_from_db()
    return Rehearsal(given=given, proved=proved)


def _share_to_prove(row: Consultation, actor: Actor) -> KeyShare:
    key = row.keys.unproved().order_by("-serial").first()
    if key is None or row.phase not in REPLACING_STATES:
        raise MoveRefused("nothing_to_rehearse", "Aucune clé n’attend d’essai ici.", about=row)
    share = key.shares.select_related("holder", "key").filter(holder__user=actor.user).first()
    if share is None or share.rehearsed_at is not None:
        raise MoveRefused("rehearsed_already", "Votre essai est déjà fait.", about=row)
    return share


def _prove(share: KeyShare, pair: KeyPair) -> None:
    """Raises SealBroken."""
    key, position = share.key, share.position
    true_share = ceremony.unwrap_share(
        bytes(share.wrapped), holder=pair, key=key.fingerprint, position=position
    )
    if ceremony.digest(true_share) != share.digest:
        raise SealBroken("not the share that was split")
    public = bytes(key.rehearsal_public)
    name = fingerprint(public)
    own = ceremony.unwrap_share(bytes(share.rehearsal_wrapped), holder=pair, key=name, position=position)
    for gift in share.received.filter(purpose=Purpose.REHEARSAL).select_related("giver"):
        giver = gift.giver.position
        theirs = ceremony.receive(bytes(gift.sealed), holder=pair, key=name, giver=giver, receiver=position)
        private = ceremony.join({position: own, giver: theirs}, public=public)
        if not ceremony.opens_dummy(bytes(key.dummy), private=private, public=public):
            raise SealBroken("the dummy stays shut")
    give_to_others(share, own, name=name, purpose=Purpose.REHEARSAL)


def give_to_others(share: KeyShare, plain: bytes, *, name: str, purpose: str) -> None:
    """Hand the share over to the two other holders of the key, sealed to each. `name`: the key's
    fingerprint. Safe to run twice."""
    others = share.key.shares.exclude(pk=share.pk).select_related("holder")
    ShareGift.objects.bulk_create(
        [
            ShareGift(
                purpose=purpose,
                giver=share,
                receiver=other,
                sealed=ceremony.hand_over(
                    plain,
                    key=name,
                    giver=share.position,
                    receiver=other.position,
                    to=bytes(other.holder.public_key),
                ),
            )
            for other in others
        ],
        ignore_conflicts=True,
    )


def _put_in_use(row: Consultation, key: ConsultationKey, *, actor: Actor) -> None:
    """From now on deposits are sealed to this key; the former one keeps those it has."""
    now = timezone.now()
    ShareGift.objects.filter(purpose=Purpose.REHEARSAL, giver__key=key).delete()
    row.keys.current().update(retired_at=now)
    ConsultationKey.objects.filter(pk=key.pk).update(proved_at=now)
    detail = {"fingerprint": key.fingerprint, "serial": key.serial}
    if row.state == ConsultationState.DRAFT:
        row.perform("prove_keys", actor=actor, detail=detail)
    else:
        row.touch("use_key", actor=actor, apply=lambda _: None, detail=detail)
