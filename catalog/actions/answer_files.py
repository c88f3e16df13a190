"""The file of one question in the version in edition: joined, told with its scan, taken away.

The form of a section does the same through :func:`files_owner` and `store_upload`; both judge the answer
by `save_answers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from catalog.abilities import owns
from catalog.actions.authoring import save_answers
from catalog.actions.documents import joined, kept_files, reference
from catalog.models import Offer
from catalog.questions.conditions import effective
from catalog.questions.engine import Question, questions
from marketplace.errors import NotVisible
from marketplace.files.store import store_upload

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from catalog.models import OfferVersion
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation
    from marketplace.files.models import StoredFile

# Where a question keeps its file: in the answer itself, or in the part of that name.
FILE_PART = {"document": "", "certificate": "file"}


@dataclass(frozen=True, slots=True)
class AnswerFile:
    """The file a version's answer names."""

    question: Question
    version: OfferVersion
    stored: StoredFile


def files_owner(offer: Offer, actor: Actor) -> Organisation:
    """The organisation a file is kept for. Raises NotVisible for somebody who acts for none."""
    owner = offer.supplier.organisation or actor.organisation
    if owner is None:
        raise NotVisible()
    return owner


def file_questions() -> list[Question]:
    return [question for question in questions().values() if question.type in FILE_PART]


def answer_files(offer: Offer, *, actor: Actor) -> list[AnswerFile]:
    """In the order of the questions: of the newest version for its supplier, else of the one online.

    Two queries, one without a file. A hidden answer is told to its supplier alone.
    """
    own = owns(actor, offer)
    version = offer.shown_for_edit if own else offer.shown_to(owner=False)
    if version is None:
        return []
    kept = kept_files(version.answers if own else effective(version.answers))
    return [AnswerFile(one, version, kept[one.id]) for one in file_questions() if one.id in kept]


def answer_file(offer: Offer, *, question: str, actor: Actor) -> AnswerFile:
    """Raises NotVisible when the answer names no file, or is no answer that takes one."""
    found = (one for one in answer_files(offer, actor=actor) if one.question.id == question)
    return _there(next(found, None))


def _there(found: AnswerFile | None) -> AnswerFile:
    if found is None:
        raise NotVisible("file_not_joined", "Aucun fichier n’est joint à cette question.")
    return found


def join_file(
    offer: Offer, *, question: str, actor: Actor, upload: UploadedFile, expected_version: int | None = None
) -> AnswerFile:
    """Keep the upload and name it in the answer, in place of the one before (which is kept, not shown).

    Raises RuleBroken (type read in the bytes, 10 MB, a certificate without its issuer), VersionStale,
    MoveRefused. KeyError: no such question.
    """
    with transaction.atomic():
        answers = _locked_answers(offer)
        stored = store_upload(upload, owner=files_owner(offer, actor), actor=actor)
        given = {question: _with_file(answers, questions()[question], reference(stored))}
        version = save_answers(offer, actor=actor, answers=given, expected_version=expected_version)
    return AnswerFile(questions()[question], version, stored)


def remove_file(
    found: AnswerFile, *, offer: Offer, actor: Actor, expected_version: int | None = None
) -> None:
    """The answer no longer names a file; versions sent before still do. Raises NotVisible, VersionStale."""
    with transaction.atomic():
        answers = _locked_answers(offer)
        named = dict(joined(answers)).get(found.question.id)
        _there(found if named is not None else None)
        given = {found.question.id: _with_file(answers, found.question, None)}
        save_answers(offer, actor=actor, answers=given, expected_version=expected_version)


def _locked_answers(offer: Offer) -> dict[str, Any]:
    """Nobody writes another part of the answer between its reading and its writing."""
    shown = Offer.objects.select_for_update(of=("self",)).get(pk=offer.pk).shown_for_edit
    return dict(shown.answers) if shown else {}


def _with_file(answers: dict[str, Any], question: Question, named: dict[str, Any] | None) -> Any:
    """The answer as it is, with this file or without one."""
    part = FILE_PART[question.type]
    return {**(answers.get(question.id) or {}), part: named} if part else named
