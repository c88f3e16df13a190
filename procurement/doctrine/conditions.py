"""The questions that several rules ask of the facts, each answered yes, no or unknown."""

from decimal import Decimal

from procurement.doctrine.facts import AssessmentFacts, Ternary

SENSITIVE_WORDS = {
    "protected_secret": "vos données relèvent d’un secret protégé par la loi",
    "essential_mission": "vos données sont nécessaires à une mission essentielle de l’État",
}
HARM_WORDS = {
    "public_order": "l’ordre public",
    "public_security": "la sécurité publique",
    "health_life": "la santé ou la vie des personnes",
    "intellectual_property": "la propriété intellectuelle",
}
ASPECT_WORDS = {
    "confidentiality": "confidentialité",
    "integrity": "intégrité",
    "availability": "disponibilité",
    "traceability": "traçabilité",
}
HOSTING_WORDS = {
    "commercial_cloud": "vous recourez à un cloud commercial",
    "internal_cloud": "vous recourez au cloud interne de l’État",
    "none": "vous ne recourez pas au cloud",
}
KIND_WORDS = {
    "new": "le projet est nouveau",
    "major_change": "le projet est une évolution majeure",
    "existing": "le projet existe déjà, sans évolution majeure",
}


def hosted_in(facts: AssessmentFacts, *hostings: str) -> Ternary:
    if facts.hosting is None:
        return Ternary(None, "", ("hosting",))
    return Ternary(facts.hosting in hostings, HOSTING_WORDS[facts.hosting])


def of_kind(facts: AssessmentFacts, *kinds: str) -> Ternary:
    if facts.project_kind is None:
        return Ternary(None, "", ("project_kind",))
    return Ternary(facts.project_kind in kinds, KIND_WORDS[facts.project_kind])


def particularly_sensitive(facts: AssessmentFacts) -> Ternary:
    if facts.sensitive_data is None:
        return Ternary(None, "", ("sensitive_data",))
    if not facts.sensitive_data:
        return Ternary(False, "vos données ne sont pas d’une sensibilité particulière")
    return Ternary(
        True, " et ".join(SENSITIVE_WORDS[code] for code in SENSITIVE_WORDS if code in facts.sensitive_data)
    )


def harmful_if_breached(facts: AssessmentFacts) -> Ternary:
    if facts.harms is None:
        return Ternary(None, "", ("harms",))
    if not facts.harms:
        return Ternary(False, "leur atteinte ne provoquerait aucun des quatre dommages visés")
    words = [_harm(code, facts) for code in HARM_WORDS if code in facts.harms]
    return Ternary(True, "leur atteinte toucherait " + ", ".join(words))


def _harm(code: str, facts: AssessmentFacts) -> str:
    """With what of the data would be breached, where it is told."""
    told = facts.harm_aspects or frozenset()
    aspects = [words for aspect, words in ASPECT_WORDS.items() if (code, aspect) in told]
    return f"{HARM_WORDS[code]} ({', '.join(aspects)})" if aspects else HARM_WORDS[code]


def personal(facts: AssessmentFacts) -> Ternary:
    return _yes_no(facts.personal_data, "personal_data", "données personnelles")


def about_health(facts: AssessmentFacts) -> Ternary:
    return _yes_no(facts.health_data, "health_data", "données de santé")


def built_on_platform(facts: AssessmentFacts) -> Ternary:
    """Infrastructure or platform services, as opposed to software only."""
    if facts.service_models is None:
        return Ternary(None, "", ("service_models",))
    if facts.service_models - {"saas"}:
        return Ternary(True, "vos équipes s’appuient sur une infrastructure ou une plateforme")
    return Ternary(False, "vous n’achetez ni infrastructure ni plateforme")


def costs_at_least(facts: AssessmentFacts, amount: Decimal, words: str) -> Ternary:
    if facts.full_cost_eur_ht is None:
        return Ternary(None, "", ("full_cost_eur_ht",))
    if facts.full_cost_eur_ht >= amount:
        return Ternary(True, f"le coût complet atteint {words}")
    return Ternary(False, f"le coût complet est inférieur à {words}")


def costs_more_than(facts: AssessmentFacts, amount: Decimal, words: str) -> Ternary:
    if facts.full_cost_eur_ht is None:
        return Ternary(None, "", ("full_cost_eur_ht",))
    if facts.full_cost_eur_ht > amount:
        return Ternary(True, f"le coût complet dépasse {words}")
    return Ternary(False, f"le coût complet ne dépasse pas {words}")


def _yes_no(answer: bool | None, name: str, words: str) -> Ternary:
    if answer is None:
        return Ternary(None, "", (name,))
    if answer:
        return Ternary(True, f"le système traite des {words}")
    return Ternary(False, f"le système ne traite pas de {words}")
