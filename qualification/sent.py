"""What was sent, put in front of who judges it: per requirement its answers, prices, certificates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from catalog.abilities import offer_abilities
from catalog.actions.documents import joined
from catalog.categories import category_words
from catalog.presentation import ShownMark, plans_of, shown_marks
from catalog.questions.engine import questions
from catalog.questions.rows import NOT_SAID, say
from marketplace.accounts.abilities import allowed
from marketplace.ui.typography import euros
from qualification.models import Dossier
from qualification.schemes import Requirement

if TYPE_CHECKING:
    from catalog.models import OfferVersion
    from marketplace.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class Said:
    """One line to read: what was asked and the answer. `known`: something was answered."""

    label: str
    text: str
    known: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """What concerns one requirement in the version sent. `marks` with a certificate offer it to download."""

    requirement: Requirement
    said: tuple[Said, ...] = ()
    marks: tuple[ShownMark, ...] = ()


def version_url(dossier: Dossier) -> str:
    """The page of the version being judged; empty before the dossier is sent."""
    if dossier.offer_version is None:
        return ""
    offer = dossier.offer
    return reverse("catalog:version", args=[offer.number, offer.slug, dossier.offer_version.number])


def may_read_evidence(actor: Actor, dossier: Dossier) -> bool:
    return allowed(offer_abilities(actor, dossier.offer), "see_evidence")


def sent_for(dossier: Dossier, requirements: Iterable[Requirement]) -> list[Sent]:
    """Five queries at most; none before the dossier is sent, the list is then empty."""
    version = dossier.offer_version
    if version is None:
        return []
    asked = list(requirements)
    wants_category = any("category" in requirement.questions for requirement in asked)
    labels = category_words() if wants_category else {}
    return [_sent(dossier, version, requirement, labels) for requirement in asked]


def _sent(dossier: Dossier, version: OfferVersion, requirement: Requirement, labels: dict[str, str]) -> Sent:
    said = [_answer(version, name, labels) for name in requirement.questions]
    if requirement.facts == "supplier":
        said += _supplier(dossier)
    if requirement.facts == "plans":
        said += _prices(version)
    if requirement.facts == "files":
        said += _files(version)
    marks = shown_marks(dossier.offer) if requirement.facts == "marks" else []
    return Sent(requirement, tuple(said), tuple(marks))


def _answer(version: OfferVersion, name: str, labels: dict[str, str]) -> Said:
    question = questions()[name]
    text = say(question, version.answer(name), categories=labels)
    return Said(question.label, text or NOT_SAID, known=bool(text))


def _supplier(dossier: Dossier) -> list[Said]:
    organisation = dossier.organisation
    identifier = f"{organisation.get_identifier_scheme_display()} {organisation.identifier}".strip()
    return [
        Said("Organisation", organisation.name, known=True),
        Said("Identifiant", identifier or NOT_SAID, known=bool(organisation.identifier)),
    ]


def _files(version: OfferVersion) -> list[Said]:
    asked = questions()
    rows = [Said(asked[name].short, str(file["name"]), known=True) for name, file in joined(version.answers)]
    return rows or [Said("Pièces jointes", NOT_SAID, known=False)]


def _prices(version: OfferVersion) -> list[Said]:
    """One line a price, written as on the offer's sheet."""
    rows = [
        Said(
            f"{plan} – {line.label}",
            " ; ".join(
                [f"{euros(line.amount_eur_ht, tax='HT', unit_price=True)} {unit}".strip(), *conditions]
            ),
            known=True,
        )
        for plan, lines in plans_of(version)
        for line, unit, conditions in lines
    ]
    return rows or [Said("Formules", NOT_SAID, known=False)]
