"""Three people hold the key: named, each takes a secret, the key is made and split, the three rehearse.

The server never stores a secret nor the private key. A share is sealed to its holder's own public key;
the rehearsal runs the very ceremony of the opening on a key of its own.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import Membership, User
from marketplace.errors import MoveRefused, RuleBroken
from procurement.consultations.enums import ROLE_OF_POSITION, ConsultationState
from procurement.consultations.sealing import ceremony
from procurement.consultations.sealing.box import KeyPair, fingerprint, new_key_pair
from procurement.consultations.sealing.secret import (
    SALT_BYTES,
    NotASecret,
    holder_pair,
    new_secret,
    read_secret,
)
from procurement.consultations.telling import tell_people
from procurement.models import Consultation, ConsultationKey, KeyHolder, KeyShare

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

KEYED_STATES = (ConsultationState.DRAFT, ConsultationState.KEYS_PROVED)
REPLACING_STATES = (*KEYED_STATES, ConsultationState.CANDIDATURES, ConsultationState.PUBLISHED)


def name_holders(
    consultation: Consultation,
    *,
    actor: Actor,
    people: Mapping[int, User],
    expected_version: int | None = None,
) -> Consultation:
    """Positions 1 and 2 open, 3 keeps the recovery offline. Only before any secret is taken; afterwards
    one person is replaced at a time. Raises MoveRefused, RuleBroken."""
    _refuse_people(consultation, people)

    def apply(row: Consultation) -> None:
        if row.state != ConsultationState.DRAFT or row.keys.exists():
            raise MoveRefused(
                "holders_named",
                "La clé est déjà faite : remplacez une personne plutôt que les trois.",
                about=row,
            )
        row.holders.current().delete()
        KeyHolder.objects.bulk_create(
            KeyHolder(consultation=row, position=place, role=ROLE_OF_POSITION[place], user=person)
            for place, person in people.items()
        )

    with transaction.atomic():
        consultation.touch(
            "name_holders",
            actor=actor,
            apply=apply,
            expected_version=expected_version,
            detail={"holders": [people[place].pk for place in sorted(people)]},
        )
        _ask_secret(consultation, list(people.values()))
    return consultation


def _refuse_people(consultation: Consultation, people: Mapping[int, User]) -> None:
    if set(people) != set(ROLE_OF_POSITION) or len({person.pk for person in people.values()}) != len(people):
        raise RuleBroken("three_people", "Nommez trois personnes différentes.", field="holders")
    keys = [person.pk for person in people.values()]
    there = Membership.objects.active().filter(organisation=consultation.organisation_id, user__in=keys)
    if there.values("user").distinct().count() != len(keys):
        raise RuleBroken("holder_elsewhere", "Nommez des personnes de votre administration.", field="holders")


def replace_holder(
    consultation: Consultation,
    *,
    actor: Actor,
    position: int,
    person: User,
    reason: str,
    expected_version: int | None = None,
) -> Consultation:
    """A new key, for the deposits that come after it is proved; those before stay under the former one.

    Raises MoveRefused after the deadline, RuleBroken.
    """

    def apply(row: Consultation) -> None:
        _put_in_place(row, position, person)

    with transaction.atomic():
        consultation.touch(
            "replace_holder",
            actor=actor,
            apply=apply,
            reason=reason,
            expected_version=expected_version,
            detail={"position": position, "holder": person.pk},
        )
        if consultation.state == ConsultationState.KEYS_PROVED:
            consultation.perform("renew_keys", actor=actor, reason=reason, apply=_retire_all)
        _ask_secret(consultation, [person])
    return consultation


def _put_in_place(row: Consultation, position: int, person: User) -> None:
    if row.phase not in REPLACING_STATES:
        message = "La clôture est passée : personne ne se remplace plus."
        raise MoveRefused("too_late_to_replace", message, about=row)
    former = row.holders.current().filter(position=position).first()
    if former is None:
        raise RuleBroken("no_holder", "Nommez d’abord les trois personnes.", field="position")
    people = {one.position: one.user for one in row.holders.current().select_related("user")}
    _refuse_people(row, {**people, position: person})
    former.ended_at = timezone.now()
    former.save(update_fields=["ended_at"])
    role = ROLE_OF_POSITION[position]
    KeyHolder.objects.create(consultation=row, position=position, role=role, user=person)
    row.keys.unproved().update(retired_at=timezone.now())


def _retire_all(row: Consultation) -> None:
    """Before the publication nothing is sealed yet: the former key is of no use."""
    row.keys.filter(retired_at__isnull=True).update(retired_at=timezone.now())


def _ask_secret(consultation: Consultation, people: list[User]) -> None:
    tell_people(
        consultation,
        people,
        "Prenez votre secret",
        "Vous tenez une part de la clé de cette consultation. Prenez votre secret : il est montré une fois.",
        url=f"{consultation.get_absolute_url()}cle/",
    )


# -- the secret, then the key


def take_secret(consultation: Consultation, *, actor: Actor) -> str:
    """The secret, shown once and kept nowhere here. May be taken again until the key is made.

    The key is made when the third person takes theirs. Raises MoveRefused.
    """
    with transaction.atomic():
        row = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        holder = row.holders.current().filter(user=actor.user).first()
        if holder is None or row.phase not in REPLACING_STATES:
            raise MoveRefused("no_secret_to_take", "Vous n’avez pas de secret à prendre ici.", about=row)
        if holder.shares.exists():
            raise MoveRefused(
                "secret_taken",
                "Votre secret a déjà servi à faire la clé. S’il est perdu, faites-vous remplacer.",
                about=row,
            )
        secret = new_secret()
        holder.salt = os.urandom(SALT_BYTES)
        holder.public_key = holder_pair(read_secret(secret), salt=holder.salt).public
        holder.taken_at = timezone.now()
        holder.save(update_fields=["salt", "public_key", "taken_at"])
        row.touch("take_secret", actor=actor, apply=lambda _: None, detail={"position": holder.position})
        holders = list(row.holders.current().select_related("user"))
        if len(holders) == ceremony.SHARES and all(one.has_secret for one in holders):
            _make_key(row, holders, actor=actor)
    consultation.refresh_from_db()
    return secret


def _make_key(row: Consultation, holders: list[KeyHolder], *, actor: Actor) -> ConsultationKey:
    """The private half lives in this function alone."""
    pair, (rehearsal, dummy) = new_key_pair(), ceremony.new_dummy()
    shares, rehearsal_shares = ceremony.split_key(pair), ceremony.split_key(rehearsal)
    publics = {one.position: bytes(one.public_key) for one in holders}
    print_, rehearsal_print = fingerprint(pair.public), fingerprint(rehearsal.public)
    wrapped = ceremony.wrap_shares(shares, key=print_, holders=publics)
    rehearsed = ceremony.wrap_shares(rehearsal_shares, key=rehearsal_print, holders=publics)
    key = ConsultationKey.objects.create(
        consultation=row,
        serial=row.keys.count() + 1,
        public_key=pair.public,
        fingerprint=print_,
        rehearsal_public=rehearsal.public,
        dummy=dummy,
    )
    KeyShare.objects.bulk_create(
        KeyShare(
            key=key,
            holder=one,
            position=one.position,
            wrapped=wrapped[one.position],
            digest=ceremony.digest(shares[one.position]),
            rehearsal_wrapped=rehearsed[one.position],
        )
        for one in holders
    )
    detail = {"fingerprint": key.fingerprint, "serial": key.serial}
    row.touch("make_key", actor=actor, apply=lambda _: None, detail=detail)
    tell_people(
        row,
        [one.user for one in holders],
        "Éprouvez votre secret",
        "La clé est faite. Donnez votre secret une fois, pour l’essai : la consultation se publie ensuite.",
        url=f"{row.get_absolute_url()}cle/",
    )
    return key


def pair_of(holder: KeyHolder, typed: str) -> KeyPair:
    """The holder's key pair. Raises RuleBroken on anything but their secret."""
    try:
        pair = holder_pair(read_secret(typed), salt=bytes(holder.salt))
    except NotASecret as error:
        raise RuleBroken(
            "not_a_secret",
            "Un secret compte 32 lettres et chiffres, en huit groupes de quatre. Relisez le vôtre.",
            field="secret",
        ) from error
    if pair.public != bytes(holder.public_key):
        raise RuleBroken(
            "wrong_secret",
            "Ce n’est pas le secret que vous avez pris pour cette consultation. Relisez-le.",
            field="secret",
        )
    return pair
