"""What the answer alone would hide: doubtful combinations, uncertain texts, texts not held."""

from collections.abc import Iterator, Sequence

from procurement.doctrine.facts import AssessmentFacts
from procurement.doctrine.results import Obligation
from procurement.doctrine.rule_sets import RuleSet


def warnings_on(
    facts: AssessmentFacts, *, rule_sets: Sequence[RuleSet], obligations: Sequence[Obligation]
) -> tuple[str, ...]:
    levels = {obligation.code: obligation.level for obligation in obligations}
    found = (
        *_about_data(facts),
        *_about_texts(facts, rule_sets),
        *_about_uncertainty(rule_sets, levels=levels),
    )
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


def _about_texts(facts: AssessmentFacts, rule_sets: Sequence[RuleSet]) -> Iterator[str]:
    """Texts that no rule of ours computes, for those whom they may bind."""
    for text in rule_sets:
        if facts.buyer_kind is not None and facts.buyer_kind not in text.binds:
            continue
        if text.not_held:
            yield f"{text.title} s’appliquait à cette date ; la place de marché n’en tient pas le texte."
        elif not text.is_computed:
            told = " ".join(rule.summary for rule in text.rules if rule.kind == "attested")
            yield f"{text.title} : à attester par une personne. {told}"
            yield from text.uncertain


def _about_uncertainty(rule_sets: Sequence[RuleSet], *, levels: dict[str, str]) -> Iterator[str]:
    """Of the texts that say when SecNumCloud is due."""
    if levels.get("secnumcloud") not in ("required", "unknown"):
        return
    for text in rule_sets:
        if text.is_computed:
            yield from text.uncertain
