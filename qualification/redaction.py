"""The public copy of a decision: what officers mark is replaced before the document is made.

Nothing lies under a black box: the hidden words are not in the copy at all. The sealed letter is not touched.
Grounds: code of relations with the public, L311-6 (business secrecy, private life) and L311-5 (security of
information systems); L311-7: the rest of the document is communicated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import RuleBroken
from marketplace.files.sniff import PDF
from marketplace.files.store import store_bytes
from qualification.abilities import dossier_abilities, person_of
from qualification.enums import RedactionGround
from qualification.models import Decision, PublicCopy
from qualification.pdf.decision_letter import letter_data, made_pdf

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

HIDDEN = "[occulté]"
SHORTEST, LONGEST, MOST = 2, 500, 100


def passages_of(text: str) -> list[str]:
    """One a line, in the order typed, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def redacted(data: Any, passages: Sequence[str]) -> tuple[Any, set[str]]:
    """The same data without these passages, and those that were found. Whatever the capitals and the spaces;
    the longest first, so that a name hidden alone does not leave the rest of a longer passage."""
    found: set[str] = set()
    patterns = [(one, _pattern(one)) for one in sorted(passages, key=len, reverse=True)]
    return _hidden(data, patterns, found), found


def _pattern(passage: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(re.escape(word) for word in passage.split()), re.IGNORECASE)


def _hidden(value: Any, patterns: list[tuple[str, re.Pattern[str]]], found: set[str]) -> Any:
    if isinstance(value, dict):
        return {name: _hidden(each, patterns, found) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(each, patterns, found) for each in value]
    if not isinstance(value, str):
        return value
    for passage, pattern in patterns:
        value, count = pattern.subn(HIDDEN, value)
        if count:
            found.add(passage)
    return value


def preview(decision: Decision, *, passages: Sequence[str], operator: str) -> dict[str, Any]:
    """What the copy would say. Raises RuleBroken on « passages »: one that is nowhere hides nothing."""
    data, found = redacted(letter_data(decision, operator=operator), passages)
    check_passages(passages, found, where="la décision")
    return {**data, "closing": [*data["closing"], _told(len(passages))]}


def check_passages(passages: Sequence[str], found: set[str], *, where: str) -> None:
    """Raises RuleBroken on « passages »: too short, too long, too many, not ``found`` (it hides nothing)."""
    for one in passages:
        if len(one) < SHORTEST:
            message = f"« {one} » est trop court : il occulterait trop. Donnez au moins {SHORTEST} signes."
            raise RuleBroken("passage_short", message, field="passages")
        if len(one) > LONGEST:
            message = f"« {one[:60]}… » est trop long : donnez des passages de {LONGEST} signes au plus."
            raise RuleBroken("passage_long", message, field="passages")
    if len(passages) > MOST:
        raise RuleBroken("too_many_passages", f"Donnez {MOST} passages au plus.", field="passages")
    missing = [one for one in passages if one not in found]
    if missing:
        message = f"Ce passage n’est pas dans {where} : « {missing[0]} ». Recopiez-le tel qu’il y est."
        raise RuleBroken("passage_absent", message, field="passages")


def _told(count: int) -> str:
    if not count:
        return "Copie communicable de la décision, en entier."
    return (
        f"Copie communicable de la décision. Des passages y sont remplacés par « {HIDDEN} » (code des "
        "relations entre le public et l’administration, articles L311-5 à L311-7)."
    )


def publish(
    decision: Decision, *, actor: Actor, passages: Sequence[str], ground: str = "", operator: str
) -> PublicCopy:
    """Make the copy and show it to everybody. Raises RuleBroken on « passages » or « ground »."""
    require(dossier_abilities(actor, decision.dossier), "redact")
    if passages and ground not in RedactionGround.values:
        message = "Dites au nom de quel secret ces passages sont occultés."
        raise RuleBroken("ground_missing", message, field="ground")
    data = preview(decision, passages=passages, operator=operator)
    assert actor.organisation is not None
    with transaction.atomic():
        copy = PublicCopy.objects.create(
            decision=decision,
            file=store_bytes(
                made_pdf(data, when=timezone.now()),
                name=f"{decision.dossier.number}-{decision.stage}-copie.pdf",
                owner=actor.organisation,
                actor=actor,
                accept=frozenset({PDF}),
            ),
            passages=list(passages),
            ground=ground if passages else "",
            made_by=person_of(actor),
        )
        told = {"stage": decision.stage, "passages": len(passages), "sha256": copy.file.sha256}
        record(decision.dossier, "publish_decision", actor=actor, detail=told)
    return copy
