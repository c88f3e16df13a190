"""What a consultation says to everybody, as facts of a publication."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from catalog.enums import Scheme
from catalog.opendata.licence import absolute
from marketplace.ui.typography import datetime_text, number_text
from procurement.awards.enums import OutcomeKind
from procurement.publication.facts import Asked, ConsultationFacts, LotAsked, OpenDocument
from procurement.publication.sources import procedure_of

if TYPE_CHECKING:
    from procurement.models import Award, Consultation


def consultation_facts(row: Consultation, *, award: Award | None = None) -> ConsultationFacts:
    """Of a consultation published. Some queries. Nothing of who answered nor of how many, but with an
    `award`, which comes after the opening."""
    is_open = row.is_public
    address = absolute(row.get_absolute_url())
    return ConsultationFacts(
        opened_at=row.invited_at if row.is_restricted else row.published_at,
        closes_at=row.closes_at,
        questions_from=row.invited_at or row.published_at,
        questions_until=row.questions_until,
        title=row.title,
        description=row.description,
        procedure=procedure_of(row),
        method="selective" if row.is_restricted else "open" if is_open else "",
        eligibility=_eligibility(row),
        criteria="; ".join(f"{one.label}: {one.weight} %" for one in row.criteria.all()),
        lots=tuple(_lots(row)),
        items=tuple(_asked(row)),
        documents=tuple(_documents(row, address)) if is_open else (),
        url=address if is_open else "",
        tenderers=tenderers_of(row) if award is not None else None,
        decided_on=timezone.localdate(award.decided_at) if award and award.decided_at else None,
    )


def tenderers_of(row: Consultation) -> int | None:
    """Suppliers whose response was opened, on any lot; None before the opening."""
    if not row.is_opened:
        return None
    return row.deposits.filter(opened__isnull=False).values("supplier").distinct().count()


def _eligibility(row: Consultation) -> str:
    names = ", ".join(str(Scheme(code).label) for code in row.required_schemes)
    told = [f"Qualifications exigées : {names}."] if names else []
    if row.is_restricted:
        told.append(f"De {row.candidates_least} à {row.candidates_most} candidats invités.")
        told.append(f"Critères du choix : {row.selection_criteria}")
    if row.candidatures_until is not None:
        told.append(f"Candidatures jusqu’au {datetime_text(row.candidatures_until)} (heure de Paris).")
    return "\n".join(told)


def _lots(row: Consultation) -> Iterator[LotAsked]:
    for lot in row.lots.select_related("outcome"):
        outcome = getattr(lot, "outcome", None)
        ended = status_of(outcome.kind) if outcome is not None else ""
        yield LotAsked(lot.number, lot.title, lot.description, ended)


def status_of(kind: str) -> str:
    """Of what ended without a contract, in OCDS's words: the buyer stopped it, or nothing suited."""
    return "unsuccessful" if kind == OutcomeKind.INFRUCTUEUX else "cancelled"


def _asked(row: Consultation) -> Iterator[Asked]:
    for lot in row.lots.prefetch_related("price_items"):
        for item in lot.price_items.all():
            yield Asked(lot.number, item.position, item.label, item.quantity, item.unit)


def _documents(row: Consultation, address: str) -> Iterator[OpenDocument]:
    """The page of the consultation, then its files."""
    yield OpenDocument("notice", "tenderNotice", row.title, address, "text/html", row.published_at)
    for one in row.documents.select_related("file"):
        url = absolute(reverse("procurement:consultation_document", args=[row.number, one.uuid]))
        yield OpenDocument(
            str(one.uuid), "biddingDocuments", one.title, url, one.file.media_type, row.published_at
        )


def lines_of_tender(row: Consultation) -> list[tuple[str, str]]:
    """What would leave of this draft, in words, to be read before; nothing for invited suppliers only."""
    if not row.is_public:
        return []
    facts = consultation_facts(row)
    told = [
        ("Objet", facts.title),
        ("Ce qui est attendu", facts.description),
        ("Procédure", facts.procedure),
        ("Conditions", facts.eligibility),
        ("Critères", facts.criteria),
        ("Lots", "\n".join(_lot_in_words(lot) for lot in facts.lots)),
        ("Postes", ", ".join(_in_words(line, facts) for line in facts.items)),
        ("Documents", ", ".join(one.title for one in facts.documents[1:])),
    ]
    return [(label, text) for label, text in told if text]


def _lot_in_words(lot: LotAsked) -> str:
    return f"{lot.number}. {lot.title}" + (f"\n{lot.description}" if lot.description else "")


def _in_words(line: Asked, facts: ConsultationFacts) -> str:
    lot = f"lot {line.lot}, " if len(facts.lots) > 1 else ""
    return f"{line.words} ({lot}{number_text(line.quantity)} {line.unit})"
