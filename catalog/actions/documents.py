"""Files joined to answers: kept privately, named in the answer by their identifier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from catalog.questions.engine import questions
from marketplace.errors import RuleBroken
from marketplace.files.models import StoredFile

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation


def reference(stored: StoredFile) -> dict[str, Any]:
    """What an answer keeps of a file."""
    return {"id": str(stored.uuid), "name": stored.name, "size": stored.size}


def joined(answers: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(question, the object that names a file) for each file the answers name."""
    for name, value in answers.items():
        question = questions().get(name)
        if question is None or not value:
            continue
        if question.type == "document":
            yield name, value
        elif question.type == "certificate" and value.get("file"):
            yield name, value["file"]


def kept_files(answers: Mapping[str, Any]) -> dict[str, StoredFile]:
    """By question, the file its answer names. One query, none without a file."""
    named = {name: value["id"] for name, value in joined(answers)}
    if not named:
        return {}
    found = {str(row.uuid): row for row in StoredFile.objects.filter(uuid__in=named.values())}
    return {name: found[file] for name, file in named.items() if file in found}


def scan_words(answers: Mapping[str, Any]) -> dict[str, str]:
    """By question, what the antivirus said of its file. One query, none without a file."""
    return {name: kept.get_scan_state_display() for name, kept in kept_files(answers).items()}


def check_joined(
    answers: Mapping[str, Any], *, owner: Organisation | None, kept: Mapping[str, Any] | None = None
) -> None:
    """Write the true name and size of each file into the answers. One query, none without a file.

    A file belongs to the offer's organisation, or is in the answers already `kept`. Raises RuleBroken
    by field.
    """
    named = list(joined(answers))
    if not named:
        return
    ids = {value["id"] for _, value in named}
    already = {value["id"] for _, value in joined(kept or {})}
    found = {str(row.uuid): row for row in StoredFile.objects.filter(uuid__in=ids)}
    wrong = {
        name: ["Ce fichier n’est pas un fichier de votre organisation. Joignez-le de nouveau."]
        for name, value in named
        if (row := found.get(value["id"])) is None
        or not (value["id"] in already or (owner is not None and row.owner_id == owner.pk))
    }
    if wrong:
        raise RuleBroken("file_not_yours", "Un fichier est à joindre de nouveau.", fields=wrong)
    for _, value in named:
        value.update(reference(found[value["id"]]))
