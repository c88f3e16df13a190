"""The doctrine's texts as reference releases: a decision points to the editions that it used."""

from __future__ import annotations

import datetime as dt
from typing import Any

from marketplace.reference.models import ReferenceRelease
from marketplace.reference.releases import load_release
from procurement.doctrine.rule_sets import RuleSet, all_rule_sets, rule_sets_on


def load() -> str:
    """Keep every text of the package; safe to run twice."""
    made = sum(_release(rule_set)[1] for rule_set in all_rule_sets())
    return f"doctrine: {len(all_rule_sets())} textes, {made} nouveaux"


def releases_on(day: dt.date) -> list[ReferenceRelease]:
    """The editions in force that day, kept on the way if they were not."""
    return [_release(rule_set)[0] for rule_set in rule_sets_on(day)]


def _release(rule_set: RuleSet) -> tuple[ReferenceRelease, bool]:
    return load_release(
        f"doctrine.{rule_set.code}",
        edition=rule_set.read_on.isoformat(),
        payload=rule_set_as_dict(rule_set),
        in_force_from=rule_set.in_force_from,
        source=rule_set.title,
        read_on=rule_set.read_on,
    )


def rule_set_as_dict(rule_set: RuleSet) -> dict[str, Any]:
    return {
        "code": rule_set.code,
        "kind": rule_set.kind,
        "title": rule_set.title,
        "in_force_from": rule_set.in_force_from.isoformat(),
        "in_force_until": rule_set.in_force_until.isoformat() if rule_set.in_force_until else None,
        "read_on": rule_set.read_on.isoformat(),
        "sha256": rule_set.sha256,
        "uncertain": list(rule_set.uncertain),
        "rules": [
            {
                "code": rule.code,
                "kind": rule.kind,
                "title": rule.title,
                "summary": rule.summary,
                "source": rule.source,
                "binds": sorted(rule.binds),
                "encourages": sorted(rule.encourages),
            }
            for rule in rule_set.rules
        ],
    }
