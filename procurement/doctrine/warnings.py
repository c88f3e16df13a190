"""What the answer alone would hide: doubtful combinations, uncertain texts, texts not held."""

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import lru_cache

from procurement.doctrine.facts import AssessmentFacts
from procurement.doctrine.results import Obligation
from procurement.doctrine.rule_sets import DATES_KEPT, RuleSet, rule_sets_on


def warnings_on(facts: AssessmentFacts, *, on: dt.date, obligations: Sequence[Obligation]) -> tuple[str, ...]:
    level = next(one.level for one in obligations if one.code == "secnumcloud")
    found = (*_about_data(facts), *_about_texts(facts.buyer_kind, on), *_about_uncertainty(level, on))
    return tuple(dict.fromkeys(found))


def _about_data(facts: AssessmentFacts) -> Iterator[str]:
    if facts.health_data and "protected_secret" not in (facts.sensitive_data or ()):
        yield (
            "Les données de santé sont souvent couvertes par le secret médical, "
            "qui est un secret protégé par la loi. Vérifiez votre réponse sur la nature des données."
        )
    if facts.health_data and facts.personal_data is False:
        yield (
            "Vous avez répondu que le système traite des données de santé sans données personnelles. "
            "Des données de santé rattachées à une personne sont des données personnelles."
        )
    if facts.sensitive_data and facts.hosting == "internal_cloud":
        yield (
            "Le cloud interne de l’État passe par une convention. "
            "Vérifiez que son niveau convient à la sensibilité de vos données."
        )


@lru_cache(maxsize=DATES_KEPT)
def _about_texts(buyer_kind: str | None, on: dt.date) -> tuple[str, ...]:
    """Texts that no rule of ours computes, for those whom they may bind."""
    bound = (text for text in rule_sets_on(on) if buyer_kind is None or buyer_kind in text.binds)
    return tuple(told for text in bound for told in _about_text(text))


def _about_text(text: RuleSet) -> Iterator[str]:
    if text.not_held:
        yield f"{text.title} s’appliquait à cette date ; la place de marché n’en tient pas le texte."
    elif not text.is_computed:
        told = " ".join(rule.summary for rule in text.rules if rule.kind == "attested")
        yield f"{text.title} : à attester par une personne. {told}"
        yield from text.uncertain


@lru_cache(maxsize=DATES_KEPT)
def _about_uncertainty(level: str, on: dt.date) -> tuple[str, ...]:
    """Of the texts that say when SecNumCloud is due. `level`: SecNumCloud's own."""
    if level not in ("required", "unknown"):
        return ()
    return tuple(told for text in rule_sets_on(on) if text.is_computed for told in text.uncertain)
