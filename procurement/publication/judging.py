"""What is missing or wrong in the facts of a contract, said field by field before anything is published."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

from marketplace.validators import identifier_error
from procurement.publication import duty, words
from procurement.publication.facts import ChangeFacts, Holder, MarketFacts
from procurement.publication.fields import FIELDS, Kind

_CPV = re.compile(r"[0-9]{8}(-[0-9])?")
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.\-/]{0,15}")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_PHONE = re.compile(r"(?<!\d)(?:\+33|0033|0)\s?[1-9](?:[\s.-]?\d{2}){4}(?!\d)")
_PLACES = {
    "Code postal": re.compile(r"[0-9]{5}"),
    "Code commune": re.compile(r"[0-9][0-9AB][0-9]{3}"),
    "Code département": re.compile(r"[0-9][0-9AB][0-9]?"),
    "Code région": re.compile(r"[0-9]{2}"),
    "Code pays": re.compile(r"[A-Z]{2}"),
}
MOST_EUR = Decimal("999999999999.99")
MOST_MONTHS = 1200
Refusals = dict[str, list[str]]


def missing(facts: MarketFacts) -> tuple[str, ...]:
    """Names of the required fields that nobody answered, in the order they are asked."""
    return tuple(
        field.name for field in FIELDS if field.required and getattr(facts, field.name) in (None, "", ())
    )


def refusals(facts: MarketFacts, *, today: dt.date) -> Refusals:
    """What cannot be published as it is told. What is not told yet is not judged."""
    found: Refusals = {}
    for name, sentence in _each(facts, today):
        if sentence:
            found.setdefault(name, []).append(sentence)
    return found


def _each(facts: MarketFacts, today: dt.date) -> Iterable[tuple[str, str]]:
    for field in FIELDS:
        told = getattr(facts, field.name)
        if field.kind in (Kind.ONE, Kind.MANY) and told:
            yield field.name, _of_the_list(told if isinstance(told, tuple) else (told,), field.choices)
    if facts.reference and not _ID.fullmatch(facts.reference):
        yield (
            "reference",
            "16 caractères au plus : lettres sans accent, chiffres, tiret, point ou barre oblique.",
        )
    if facts.framework_id and not _ID.fullmatch(facts.framework_id):
        yield "framework_id", "16 caractères au plus : lettres sans accent, chiffres, tiret."
    if facts.cpv and not _CPV.fullmatch(facts.cpv):
        yield "cpv", "Un code CPV compte 8 chiffres, comme 72416000."
    yield "object", personal_traces(facts.object) or _too_long(facts.object)
    yield from _figures(facts)
    yield "notified_on", _not_yet(facts.notified_on, today)
    for sentence in holder_refusals(facts.holders, grouping=facts.grouping):
        yield "holders", sentence
    yield "place_code", _place(facts)
    if facts.advance is False and facts.advance_rate:
        yield "advance_rate", "Aucune avance n’est accordée : laissez le taux vide."


def _of_the_list(told: tuple[str, ...], choices: tuple[str, ...]) -> str:
    if not set(told) <= set(choices):
        return "Choisissez dans la liste."
    if len(told) > 1 and words.EXCLUSIVE & set(told):
        return f"« {next(iter(words.EXCLUSIVE & set(told)))} » ne va avec aucune autre réponse."
    return "" if len(set(told)) == len(told) else "Une réponse est donnée deux fois."


def personal_traces(text: str) -> str:
    """Why this free text is not published as it is; a reader still reviews what no rule can see."""
    if _EMAIL.search(text):
        return "Ce texte sera public : retirez l’adresse électronique."
    return "Ce texte sera public : retirez le numéro de téléphone." if _PHONE.search(text) else ""


def _too_long(text: str) -> str:
    return "1 000 caractères au plus." if len(text) > 1000 else ""


def _figures(facts: MarketFacts) -> Iterable[tuple[str, str]]:
    if facts.offers_received is not None and not 1 <= facts.offers_received <= 9999:
        yield "offers_received", "Indiquez un nombre de 1 à 9 999 : celle du titulaire compte."
    yield "duration_months", months_refusal(facts.duration_months)
    yield "amount_eur_ht", amount_refusal(facts.amount_eur_ht)
    if facts.advance_rate is not None and not 0 <= facts.advance_rate <= 1:
        yield "advance_rate", "Un taux va de 0 à 100 %."


def months_refusal(months: int | None) -> str:
    fits = months is None or 1 <= months <= MOST_MONTHS
    return "" if fits else f"Indiquez un nombre de mois de 1 à {MOST_MONTHS}."


def amount_refusal(amount: Decimal | None) -> str:
    fits = amount is None or 1 <= amount <= MOST_EUR
    return "" if fits else "Indiquez un montant d’au moins 1 € HT, de 12 chiffres au plus avant la virgule."


def _not_yet(day: dt.date | None, today: dt.date) -> str:
    if day is None or day <= today:
        return ""
    return "Rien n’est publié avant la notification : cette date est à venir."


def holder_refusals(holders: tuple[Holder, ...], *, grouping: str = "") -> list[str]:
    found = []
    for holder in holders:
        if holder.scheme not in words.HOLDER_SCHEMES:
            found.append(f"« {holder.scheme} » : choisissez parmi {', '.join(words.HOLDER_SCHEMES)}.")
        elif error := identifier_error(holder.scheme, holder.identifier):
            found.append(f"{holder.identifier} : {error}")
    named = [(holder.scheme, holder.identifier) for holder in holders]
    if len(set(named)) != len(named):
        found.append("Un titulaire est écrit deux fois.")
    if holders and grouping and (grouping == words.ALONE) != (len(holders) == 1):
        found.append("Un groupement a plusieurs titulaires ; sans groupement, il n’y en a qu’un.")
    return found


def _place(facts: MarketFacts) -> str:
    shape = _PLACES.get(facts.place_kind)
    if not facts.place_code or shape is None or shape.fullmatch(facts.place_code):
        return ""
    return f"Ce code n’a pas la forme d’un « {facts.place_kind} »."


def warnings(facts: MarketFacts) -> list[str]:
    """What does not forbid to publish, but is read twice."""
    found = []
    if words.NO_ENVIRONMENTAL in facts.environmental and facts.notified_on is not None:
        found.append(duty.environment_warning(notified_on=facts.notified_on))
    if facts.procedure == words.NO_COMPETITION and (facts.offers_received or 0) > 1:
        found.append("Plusieurs offres reçues sans mise en concurrence : vérifiez la procédure.")
    if facts.notified_on is not None:
        told = duty.duty_of(facts.amount_eur_ht, on=facts.notified_on)
        if told.standing != duty.DUE:
            found.append(told.text)
    return [each for each in found if each]


def change_refusals(change: ChangeFacts, *, today: dt.date, after: dt.date) -> Refusals:
    """`after`: the notification of the contract, or of its last modification."""
    found: Refusals = {}

    def refuse(name: str, *sentences: str) -> None:
        for sentence in filter(None, sentences):
            found.setdefault(name, []).append(sentence)

    refuse("notified_on", _not_yet(change.notified_on, today))
    if change.notified_on < after:
        refuse(
            "notified_on",
            f"Les modifications suivent l’ordre des notifications : pas avant le {after:%d/%m/%Y}.",
        )
    refuse("duration_months", months_refusal(change.duration_months))
    refuse("amount_eur_ht", amount_refusal(change.amount_eur_ht))
    refuse("holders", *holder_refusals(change.holders))
    refuse("rationale", personal_traces(change.rationale), _too_long(change.rationale))
    if change.holders and change.holder_is_person is None:
        refuse("holder_is_person", "Dites si un nouveau titulaire est une personne physique.")
    if not change.changes:
        refuse("duration_months", "Indiquez au moins ce qui change : durée, montant ou titulaires.")
    return found
