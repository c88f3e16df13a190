"""What an assessment answers. Frozen; `as_dict` is the API's shape and what a decision stores."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from procurement.doctrine.facts import FACT_NAMES

LEVELS = ("not_required", "recommended", "required")
UNKNOWN = "unknown"

OBLIGATIONS = {
    "cloud_first": "Chercher d’abord une solution cloud",
    "secnumcloud": "SecNumCloud",
    "immunity": "Immunité face aux autorités d’États tiers",
    "hds": "Hébergement de données de santé (HDS)",
    "gdpr": "Règlement général sur la protection des données (RGPD)",
    "reversibility": "Réversibilité prévue et financée",
    "portability": "Portabilité entre clouds",
    "resilience": "Résilience sur plusieurs zones",
    "non_cloud_study": "Étude comparative du choix hors cloud",
    "dinum_opinion": "Contrôle de la DINUM",
}
LEVEL_WORDS = {
    "required": "Obligatoire",
    "recommended": "Recommandé",
    "not_required": "Non requis",
    "unknown": "On ne peut pas conclure",
}


@dataclass(frozen=True, kw_only=True)
class Obligation:
    code: str
    level: str
    rules: tuple[str, ...]
    reason: str
    source: str
    # The facts that would settle an unknown level; empty otherwise.
    missing: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return OBLIGATIONS[self.code]

    @property
    def level_label(self) -> str:
        if self.level == "not_required" and "R9" in self.rules:
            return "Non requis par R9 selon vos réponses"
        if self.level == "not_required":
            return "Non requis selon vos réponses"
        return LEVEL_WORDS[self.level]

    @property
    def because(self) -> str:
        """The reason, to follow « Pourquoi »."""
        return self.reason[:1].lower() + self.reason[1:]

    @property
    def short_level(self) -> str:
        """Two words, for a picture."""
        return "Non conclu" if self.level == UNKNOWN else LEVEL_WORDS[self.level]

    @property
    def sentence(self) -> str:
        """The conclusion in one line."""
        return f"{self.label}\u00a0: {self.level_label[:1].lower()}{self.level_label[1:]}. {self.reason}"

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "level": self.level,
            "rules": list(self.rules),
            "reason": self.reason,
            "source": self.source,
        }


@dataclass(frozen=True, kw_only=True)
class RuleSetUsed:
    code: str
    title: str
    in_force_from: dt.date
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "title": self.title,
            "in_force_from": self.in_force_from.isoformat(),
            "sha256": self.sha256,
        }


@dataclass(frozen=True, kw_only=True)
class AssessmentResult:
    on: dt.date
    obligations: tuple[Obligation, ...]
    warnings: tuple[str, ...]
    unknown: tuple[str, ...]
    rule_sets: tuple[RuleSetUsed, ...]
    offer_filter: dict[str, list[str]] = field(default_factory=dict)

    def obligation(self, code: str) -> Obligation:
        """Raises KeyError on a code that is not one of OBLIGATIONS."""
        for obligation in self.obligations:
            if obligation.code == code:
                return obligation
        raise KeyError(code)

    def level(self, code: str) -> str:
        return self.obligation(code).level

    @property
    def secnumcloud(self) -> Obligation:
        return self.obligation("secnumcloud")

    @property
    def required(self) -> tuple[Obligation, ...]:
        return self.at_level("required")

    @property
    def recommended(self) -> tuple[Obligation, ...]:
        return self.at_level("recommended")

    @property
    def not_required(self) -> tuple[Obligation, ...]:
        return self.at_level("not_required")

    @property
    def unsettled(self) -> tuple[Obligation, ...]:
        return self.at_level(UNKNOWN)

    @property
    def unknown_labels(self) -> tuple[str, ...]:
        return tuple(FACT_NAMES[name] for name in self.unknown)

    def at_level(self, level: str) -> tuple[Obligation, ...]:
        return tuple(obligation for obligation in self.obligations if obligation.level == level)

    def as_dict(self) -> dict[str, Any]:
        return {
            "date": self.on.isoformat(),
            "obligations": [obligation.as_dict() for obligation in self.obligations],
            "warnings": list(self.warnings),
            "unknown": list(self.unknown),
            "rule_sets": [rule_set.as_dict() for rule_set in self.rule_sets],
            "offer_filter": {name: list(values) for name, values in self.offer_filter.items()},
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "AssessmentResult":
        """A stored result as it was, whatever the texts say today."""
        return cls(
            on=dt.date.fromisoformat(data["date"]),
            obligations=tuple(
                Obligation(
                    code=item["code"],
                    level=item["level"],
                    rules=tuple(item["rules"]),
                    reason=item["reason"],
                    source=item["source"],
                )
                for item in data["obligations"]
            ),
            warnings=tuple(data["warnings"]),
            unknown=tuple(data["unknown"]),
            rule_sets=tuple(
                RuleSetUsed(
                    code=item["code"],
                    title=item["title"],
                    in_force_from=dt.date.fromisoformat(item["in_force_from"]),
                    sha256=item["sha256"],
                )
                for item in data["rule_sets"]
            ),
            offer_filter={name: list(values) for name, values in data["offer_filter"].items()},
        )
