"""What the doctrine reads. No Django, no database: the same facts come from a form, the API or a row."""

from dataclasses import dataclass
from decimal import Decimal

BUYER_KINDS = (
    "state",
    "state_operator",
    "gip_listed",
    "gip",
    "local_authority",
    "health_establishment",
    "public_undertaking",
)
HOSTINGS = ("commercial_cloud", "internal_cloud", "none")
SERVICE_MODELS = ("iaas", "paas", "caas", "saas")
SENSITIVE_DATA = ("protected_secret", "essential_mission")
HARMS = ("public_order", "public_security", "health_life", "intellectual_property")
# What a breach would touch of the data.
ASPECTS = ("confidentiality", "integrity", "availability", "traceability")
PROJECT_KINDS = ("new", "major_change", "existing")

FACT_NAMES = {
    "buyer_kind": "votre type d’administration",
    "hosting": "le mode d’hébergement",
    "service_models": "les modèles de service recherchés",
    "sensitive_data": "la nature des données",
    "harms": "ce qu’une atteinte aux données provoquerait",
    "personal_data": "la présence de données personnelles",
    "health_data": "la présence de données de santé",
    "full_cost_eur_ht": "le coût complet",
    "project_kind": "le caractère nouveau ou non du projet",
}


@dataclass(frozen=True, kw_only=True)
class AssessmentFacts:
    """None means not given. An empty set means « none of them », which is an answer.

    `harm_aspects`: (harm, aspect) pairs that tell by which breach each harm would come. No rule needs them to
    conclude, so they are never among the facts not given.
    """

    buyer_kind: str | None = None
    hosting: str | None = None
    service_models: frozenset[str] | None = None
    sensitive_data: frozenset[str] | None = None
    harms: frozenset[str] | None = None
    harm_aspects: frozenset[tuple[str, str]] | None = None
    personal_data: bool | None = None
    health_data: bool | None = None
    full_cost_eur_ht: Decimal | None = None
    project_kind: str | None = None

    def not_given(self) -> tuple[str, ...]:
        """Names of the facts that are None, in the order of the questions."""
        return tuple(name for name in FACT_NAMES if getattr(self, name) is None)


@dataclass(frozen=True)
class Ternary:
    """A yes, a no or an « on ne sait pas », with the words that explain it.

    `because` completes the sentence « Parce que … » ; `missing` names the facts that would settle it
    and is empty as soon as the value is settled.
    """

    value: bool | None
    because: str = ""
    missing: tuple[str, ...] = ()
