"""A deposit: the draft is sealed to the consultation's key, registered, and destroyed.

The instant that counts is the database's, read when the last byte had come and before any lock is waited
for. Deposits share the consultation's lock: none waits for another, and who closes waits for all.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import uuid as uuids
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, RuleBroken
from marketplace.keys.signing import public_key, sign
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import datetime_text, time_text
from procurement.consultations import drafts, vault
from procurement.consultations.clock import database_now, lock_shared
from procurement.consultations.container import PlainFile, pack
from procurement.consultations.enums import ConsultationState
from procurement.consultations.publishing import refuse_lot_ended
from procurement.consultations.sealing.box import seal
from procurement.consultations.sealing.contexts import canonical, deposit_context
from procurement.models import Consultation, ConsultationKey, ResponseDraft, SealedDeposit

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

RECEIPT_DOMAIN = b"place de marche cloud: deposit receipt, version 1\n"


def deposit(draft: ResponseDraft, *, actor: Actor) -> SealedDeposit:
    """Raises MoveRefused when it is late or the draft is gone, RuleBroken on an empty draft."""
    return seal_received(draft, actor=actor, received_at=database_now())


def seal_received(draft: ResponseDraft, *, actor: Actor, received_at: dt.datetime) -> SealedDeposit:
    """`received_at`: when the last byte had come, judged against the deadline. By the database's clock for
    everybody; the demonstration alone tells of a past one."""
    with transaction.atomic():
        consultation = lock_shared(draft.consultation_id)
        refuse_late(consultation, received_at)
        row = drafts.locked(draft)
        refuse_lot_ended(row.lot)
        plain = _plain(row)
        key = ConsultationKey.objects.current().get(consultation=consultation)
        sequence = 1 + SealedDeposit.objects.filter(lot=row.lot, supplier=row.supplier).count()
        box = seal(plain, to=bytes(key.public_key), context=context_of(row, key=key, sequence=sequence))
        made = _register(row, box, key=key, sequence=sequence, received_at=received_at, actor=actor)
        vault.keep_sealed(made.uuid, box)
        row.delete()
        transaction.on_commit(lambda: vault.destroy_draft(row.uuid))
        _tell(made, consultation, actor)
    return made


def refuse_late(row: Consultation, received_at: dt.datetime) -> None:
    """Raises MoveRefused: not published, ended, or received at the deadline's instant or after it."""
    closes_at = row.closes_at
    if closes_at is not None and received_at >= closes_at:
        raise MoveRefused(
            "deposit_late",
            f"Reçue à {_to_the_second(received_at)}, après la clôture de {time_text(closes_at)}. La réponse "
            "n’est pas acceptée ; votre brouillon reste lisible.",
            about=row,
        )
    if row.state != ConsultationState.PUBLISHED:
        raise MoveRefused(
            "consultation_not_open",
            f"Cette consultation n’est pas ouverte : l’état est « {row.get_state_display()} ».",
            about=row,
        )


def _to_the_second(instant: dt.datetime) -> str:
    return f"{timezone.localtime(instant):%-H h %M min %S s}"


def _plain(row: ResponseDraft) -> bytes:
    content = drafts.content_of(row)
    if content.is_empty:
        raise RuleBroken("draft_empty", "Ce brouillon est vide : écrivez votre réponse d’abord.")
    files = [PlainFile(one.name, drafts.file_bytes(row, one)) for one in content.files]
    return pack(content.answers(), files)


def context_of(row: ResponseDraft | SealedDeposit, *, key: ConsultationKey, sequence: int) -> bytes:
    return deposit_context(
        consultation=str(row.consultation.uuid),
        lot=row.lot.number,
        supplier=str(row.supplier.uuid),
        sequence=sequence,
        key=key.fingerprint,
    )


def _register(
    row: ResponseDraft,
    box: bytes,
    *,
    key: ConsultationKey,
    sequence: int,
    received_at: dt.datetime,
    actor: Actor,
) -> SealedDeposit:
    uuid, digest = uuids.uuid4(), hashlib.sha256(box).hexdigest()
    receipt: dict[str, Any] = {
        "deposit": str(uuid),
        "consultation": row.consultation.number,
        "lot": row.lot.number,
        "supplier": str(row.supplier.uuid),
        "sequence": sequence,
        "received_at": received_at.astimezone(dt.UTC).isoformat(),
        "ciphertext_sha256": digest,
        "ciphertext_size": len(box),
        "key_fingerprint": key.fingerprint,
    }
    return SealedDeposit.objects.create(
        uuid=uuid,
        consultation=row.consultation,
        lot=row.lot,
        supplier=row.supplier,
        sequence=sequence,
        key=key,
        received_at=received_at,
        ciphertext_sha256=digest,
        size=len(box),
        receipt=receipt,
        signature=sign(RECEIPT_DOMAIN + canonical(receipt)),
        deposited_by=actor.user,
    )


def receipt_of(row: SealedDeposit) -> dict[str, Any]:
    """What the supplier keeps: the receipt, its signature (Ed25519) over the domain and the canonical JSON,
    and our public key, all that a third party needs to check it."""
    return {
        "receipt": row.receipt,
        "signature": row.signature,
        "public_key": public_key(),
        "signed": base64.b64encode(RECEIPT_DOMAIN + canonical(row.receipt)).decode(),
    }


def _tell(made: SealedDeposit, consultation: Consultation, actor: Actor) -> None:
    if actor.user is None:
        return
    notify(
        [actor.user],
        subject=f"Réponse remise : {consultation.number}",
        body=f"Lot {made.lot.number}, dépôt {made.sequence}, reçue le {datetime_text(made.received_at)} "
        f"(heure de Paris).\nEmpreinte du fichier scellé : {made.ciphertext_sha256}",
        url=f"{consultation.get_absolute_url()}reponse/",
        organisation=made.supplier.organisation,
    )
