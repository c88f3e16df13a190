"""Letters to those whose response is not retained: their marks and reasons, who was, until when. PDF."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marketplace.documents.pdf import compile_pdf, row
from marketplace.ui.typography import date_text, euros, number_text
from procurement.consultations.telling import tell_supplier
from procurement.evaluation.rules import remedies
from procurement.models import AgreedMark, OpenedResponse, RejectionLetter

if TYPE_CHECKING:
    from procurement.awards.standstill import Delay
    from procurement.models import Award

_TEMPLATE = Path(__file__).with_name("letter.typ")


def send_all(award: Award, *, delay: Delay, now: dt.datetime) -> None:
    """One for each other response of the lot; two queries and one write. Call in the move's transaction."""
    rows = {one["response"]: one for one in award.standings}
    others = OpenedResponse.objects.for_pages().filter(deposit__lot=award.lot).exclude(pk=award.response_id)
    reasons = _reasons(award)
    for response in others:
        own = rows.get(str(response.uuid))
        if own is None:
            continue
        content = _content(award, own, rows[str(award.response.uuid)], reasons.get(response.pk, {}), delay)
        RejectionLetter.objects.create(award=award, response=response, content=content, sent_at=now)
        tell_supplier(
            award.consultation,
            response.deposit.supplier,
            "Votre réponse n’est pas retenue",
            "Une lettre vous donne vos notes et leurs motifs. Elle est jointe à la consultation.",
        )


def _reasons(award: Award) -> dict[int, dict[str, str]]:
    """By response, by criterion."""
    found: dict[int, dict[str, str]] = {}
    marks = AgreedMark.objects.filter(response__deposit__lot=award.lot).select_related("criterion")
    for one in marks:
        found.setdefault(one.response_id, {})[str(one.criterion.uuid)] = one.reason
    return found


def _content(
    award: Award, own: dict[str, Any], winner: dict[str, Any], reasons: dict[str, str], delay: Delay
) -> dict[str, Any]:
    theirs = {score["criterion"]: score["mark"] for score in winner["scores"]}
    return {
        "supplier": own["supplier"],
        "rank": own["rank"],
        "points": own["points"],
        "why_not": own["why_not"],
        "total_eur_ht": own["total_eur_ht"],
        "scores": [
            {
                **score,
                "reason": reasons.get(score["criterion"], "") or score["arithmetic"],
                "winner_mark": theirs.get(score["criterion"]),
            }
            for score in own["scores"]
        ],
        "winner": winner["supplier"],
        "winner_points": winner["points"],
        "reason": award.reason,
        "standstill_days": delay.days,
        "standstill_text": delay.text,
        "signable_on": award.signable_on.isoformat() if award.signable_on else None,
        "remedies": remedies(),
    }


def letter_pdf(letter: RejectionLetter) -> bytes:
    """The same words each time: its date is the day it was sent."""
    return compile_pdf(_TEMPLATE, letter_data(letter), when=letter.sent_at)


def letter_data(letter: RejectionLetter) -> dict[str, Any]:
    told, consultation = letter.content, letter.award.consultation
    title = f"Lettre de rejet, {consultation.number}, lot {letter.award.lot.number}"
    day = dt.date.fromisoformat(told["signable_on"]) if told["signable_on"] else None
    points = _number(told["points"])
    return {
        "title": title,
        "author": consultation.organisation.name,
        "description": f"{title}, {told['supplier']}",
        "facts": [
            row("Consultation", f"{consultation.number}, {consultation.title}"),
            row("Administration", consultation.organisation.name),
            row("À", told["supplier"]),
            row("Envoyée le", date_text(letter.sent_at)),
            row("Votre total HT", euros(told["total_eur_ht"], tax="HT") if told["total_eur_ht"] else ""),
            row("Votre rang", str(told["rank"]) if told["rank"] else "Réponse non classée"),
            row("Vos points", f"{points} sur 100" if points else "Aucun"),
            row("Attributaire", told["winner"]),
            row("Points de l’attributaire", f"{_number(told['winner_points'])} sur 100"),
            row("Signature possible à partir du", date_text(day) if day else ""),
        ],
        "why": told["why_not"] or f"Une autre réponse est mieux classée. {told['reason']}",
        "scores": [_line(score) for score in told["scores"]],
        "delay": told["standstill_text"],
        "remedies": told["remedies"],
    }


def _line(score: dict[str, Any]) -> dict[str, str]:
    return {
        "label": f"{score['label']}, {score['weight']} %",
        "mark": _number(score["mark"]) or "Pas de note",
        "winner": _number(score["winner_mark"]) or "Pas de note",
        "reason": score["reason"] or "Réponse non classée",
    }


def _number(value: str | None) -> str:
    return number_text(value) if value is not None else ""
