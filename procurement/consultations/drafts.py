"""The draft of a response: written and saved until the second of the deadline, read by its supplier alone."""

from __future__ import annotations

import hashlib
import json
import uuid as uuids
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.audit.journal import record
from marketplace.errors import Gone, MoveRefused, NotAllowed, RuleBroken, VersionStale
from marketplace.files.sniff import DOCUMENTS, EXTENSIONS, sniff
from procurement.consultations import vault
from procurement.consultations.clock import database_now
from procurement.consultations.gather import eligibility_of, supplier_of
from procurement.consultations.publishing import refuse_lot_ended, refuse_over
from procurement.consultations.telling import tell_supplier
from procurement.models import ConsultationLot, ResponseDraft

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor
    from procurement.models import Consultation

CONTENT = "content"
MOST_FILES, MOST_BYTES, MOST_TOTAL = 20, 10_000_000, 50_000_000
UNDEPOSITED = (
    "{what} n’attend plus de réponse et vous n’avez pas remis ce brouillon : son texte et ses "
    "fichiers sont détruits, personne ne les a lus. Les dépôts déjà faits ne sont pas touchés."
)
LOST = (
    "Ce brouillon ne s’ouvre plus : sa clé n’est plus là. Les dépôts déjà faits ne sont pas touchés. "
    "Commencez un nouveau brouillon."
)


@dataclass(frozen=True, slots=True)
class DraftFile:
    id: str
    name: str
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True)
class DraftContent:
    """`prices`: by the UUID of a price item; a missing one is no answer, never zero."""

    candidacy: str = ""
    not_excluded: bool = False
    proposal: str = ""
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    files: tuple[DraftFile, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.candidacy or self.proposal or self.prices or self.files)

    def answers(self) -> dict[str, Any]:
        """As JSON holds it, files left out."""
        return {
            "candidacy": self.candidacy,
            "not_excluded": self.not_excluded,
            "proposal": self.proposal,
            "prices": {item: str(price) for item, price in self.prices.items()},
        }


def answers_read(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What `answers` wrote, as the fields of a DraftContent."""
    return {**answers, "prices": {item: Decimal(price) for item, price in answers["prices"].items()}}


def begin(consultation: Consultation, *, actor: Actor, lot: ConsultationLot) -> ResponseDraft:
    """Raises NotAllowed with the condition that is not met, MoveRefused once over, RuleBroken on a second."""
    refuse_over(consultation, now=database_now())
    refuse_lot_ended(lot)
    result = eligibility_of(consultation, actor)
    supplier = supplier_of(actor)
    if not result.may_respond or supplier is None:
        raise NotAllowed("not_eligible", result.refusal)
    uuid = uuids.uuid4()
    vault.new_draft(uuid)
    try:
        with transaction.atomic():
            return ResponseDraft.objects.create(
                uuid=uuid,
                consultation=consultation,
                lot=lot,
                supplier=supplier,
                content=_shut(uuid, DraftContent()),
            )
    except IntegrityError as error:
        vault.destroy_draft(uuid)
        raise RuleBroken(
            "draft_exists", "Vous avez déjà un brouillon pour ce lot. Reprenez-le.", field="lot"
        ) from error


def content_of(draft: ResponseDraft) -> DraftContent:
    """Raises Gone when its key is not there any more."""
    try:
        data = json.loads(vault.read(draft.uuid, bytes(draft.content), part=CONTENT))
    except vault.DraftGone as error:
        raise Gone("draft_lost", LOST) from error
    files = tuple(DraftFile(**one) for one in data.pop("files"))
    return DraftContent(**answers_read(data), files=files)


def _shut(uuid: uuids.UUID, content: DraftContent) -> bytes:
    files = [{name: getattr(one, name) for name in DraftFile.__dataclass_fields__} for one in content.files]
    data = json.dumps({**content.answers(), "files": files}, ensure_ascii=False).encode()
    return vault.shut(uuid, data, part=CONTENT)


def save(
    draft: ResponseDraft, *, actor: Actor, expected_version: int | None = None, **said: Any
) -> ResponseDraft:
    """What is not said stays. Raises MoveRefused once over, VersionStale, RuleBroken on an unknown item."""
    items = {str(uuid) for uuid in draft.lot.price_items.values_list("uuid", flat=True)}
    prices = said.get("prices")
    if prices is not None and not set(prices) <= items:
        raise RuleBroken("unknown_item", "Ce poste de prix n’est pas de ce lot.", field="prices")
    return _rewrite(draft, lambda content: replace(content, **said), expected_version=expected_version)


def _rewrite(draft: ResponseDraft, change: Any, *, expected_version: int | None = None) -> ResponseDraft:
    with transaction.atomic():
        row = locked(draft)
        if expected_version is not None and row.version != expected_version:
            raise VersionStale(current=row.version)
        refuse_over(row.consultation, now=database_now())
        row.content = _shut(row.uuid, change(content_of(row)))
        row.version += 1
        row.saved_at = timezone.now()
        row.save(update_fields=["content", "version", "saved_at"])
    draft.content, draft.version, draft.saved_at = row.content, row.version, row.saved_at
    return draft


def locked(draft: ResponseDraft) -> ResponseDraft:
    """Raises MoveRefused when it was deposited or dropped meanwhile. Call in a transaction."""
    rows = ResponseDraft.objects.select_for_update(of=("self",)).select_related(
        "consultation", "lot", "supplier"
    )
    row = rows.filter(pk=draft.pk).first()
    if row is None:
        raise MoveRefused(
            "draft_gone",
            "Ce brouillon n’existe plus : il a été déposé ou supprimé. Voyez vos accusés de réception.",
        )
    return row


def add_file(draft: ResponseDraft, *, actor: Actor, file: UploadedFile) -> DraftFile:
    """Kept under the draft's key, never scanned before the opening. Raises RuleBroken, MoveRefused."""
    data = file.read()
    made = _checked(file.name or "fichier", data)

    def change(content: DraftContent) -> DraftContent:
        if len(content.files) >= MOST_FILES:
            raise RuleBroken("too_many_files", f"{MOST_FILES} fichiers au plus.", field="file")
        if sum(one.size for one in content.files) + made.size > MOST_TOTAL:
            raise RuleBroken("files_too_large", "50 Mo au plus pour toute la réponse.", field="file")
        vault.keep_file(draft.uuid, made.id, data)
        return replace(content, files=(*content.files, made))

    _rewrite(draft, change)
    return made


def _checked(name: str, data: bytes) -> DraftFile:
    if not data or len(data) > MOST_BYTES:
        raise RuleBroken(
            "file_too_large", "Joignez un fichier de 10 Mo au plus, qui ne soit pas vide.", field="file"
        )
    kind = sniff(data, name)
    if kind not in DOCUMENTS:
        kinds = ", ".join(sorted(extension.lstrip(".").upper() for extension in EXTENSIONS.values()))
        raise RuleBroken(
            "file_type_refused",
            f"« {name} » n’est pas d’un type accepté. Joignez un fichier {kinds}.",
            field="file",
        )
    printable = "".join(c for c in name.replace("\\", "/").rpartition("/")[2] if c.isprintable())
    return DraftFile(
        id=uuids.uuid4().hex,
        name=printable[-200:] or "fichier",
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=kind,
    )


def remove_file(draft: ResponseDraft, *, actor: Actor, file_id: str) -> ResponseDraft:
    def change(content: DraftContent) -> DraftContent:
        left = tuple(one for one in content.files if one.id != file_id)
        if len(left) == len(content.files):
            raise RuleBroken("file_unknown", "Ce fichier n’est pas dans ce brouillon.", field="file")
        return replace(content, files=left)

    _rewrite(draft, change)
    vault.drop_file(draft.uuid, file_id)
    return draft


def file_bytes(draft: ResponseDraft, file: DraftFile) -> bytes:
    """Raises Gone."""
    try:
        return vault.read_file(draft.uuid, file.id)
    except vault.DraftGone as error:
        raise Gone("draft_lost", LOST) from error


def drop(draft: ResponseDraft, *, actor: Actor) -> None:
    with transaction.atomic():
        locked(draft).delete()
        transaction.on_commit(lambda: vault.destroy_draft(draft.uuid))


def purge(consultation: Consultation, *, actor: Actor, lot: ConsultationLot | None = None) -> None:
    """What was written and never deposited, of all or of one lot which ends: rows at once, files and keys
    with the commit. Each supplier is told alone. The journal has the same line whether there was any: it
    names and counts nobody.

    Call in the transaction that ends the time to answer. Safe to run twice.
    """
    rows = ResponseDraft.objects.filter(consultation=consultation).select_related("supplier__organisation")
    left = list((rows if lot is None else rows.filter(lot=lot)).order_by("pk"))
    what = "La consultation" if lot is None else f"Le lot {lot.number} de la consultation"
    for one in left:
        tell_supplier(consultation, one.supplier, "Brouillon détruit", UNDEPOSITED.format(what=what))
    ResponseDraft.objects.filter(pk__in=[one.pk for one in left]).delete()
    transaction.on_commit(lambda: [vault.destroy_draft(one.uuid) for one in left])
    detail = {} if lot is None else {"lot": lot.number}
    record(consultation, "destroy_drafts", actor=actor, detail=detail)


def sweep() -> int:
    """Destroy folders whose draft is no more: a crash between the commit and the destroying, or a draft
    never written. Safe to run twice."""
    found = list(vault.old_folders())
    living = set(ResponseDraft.objects.filter(uuid__in=found).values_list("uuid", flat=True))
    for uuid in found:
        if uuid not in living:
            vault.destroy_draft(uuid)
    return len(found) - len(living)
