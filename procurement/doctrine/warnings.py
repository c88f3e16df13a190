"""What the answer alone would hide: doubtful combinations, uncertain texts, texts not held."""

import datetime as dt
from collections.abc import Iterator, Sequence

from procurement.doctrine.facts import AssessmentFacts
from procurement.doctrine.results import Obligation
from procurement.doctrine.rule_sets import RuleSet

CIRCULAR_FROM = dt.date(2023, 5, 31)
CIRCULAR_2021_FROM = dt.date(2021, 7, 5)
CIRCULAR_2026_FROM = dt.date(2026, 2, 5)


def warnings_on(
    facts: AssessmentFacts, *, on: dt.date, rule_sets: Sequence[RuleSet], obligations: Sequence[Obligation]
) -> tuple[str, ...]:
    levels = {obligation.code: obligation.level for obligation in obligations}
    found = [*_about_data(facts), *_about_texts(on), *_about_uncertainty(rule_sets, levels=levels)]
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


def _about_texts(on: dt.date) -> Iterator[str]:
    if CIRCULAR_2021_FROM <= on < CIRCULAR_FROM:
        yield (
            "La circulaire du 5 juillet 2021 s’appliquait à cette date : "
            "la place de marché n’en tient pas le texte."
        )
    if on >= CIRCULAR_2026_FROM:
        yield (
            "La circulaire n° 6519/SG du 5 février 2026 sur les achats numériques de l’État "
            "n’est pas encore prise en compte ici."
        )


def _about_uncertainty(rule_sets: Sequence[RuleSet], *, levels: dict[str, str]) -> Iterator[str]:
    if levels.get("secnumcloud") not in ("required", "unknown"):
        return
    for rule_set in rule_sets:
        yield from rule_set.uncertain
