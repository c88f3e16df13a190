"""The checks a dossier runs, in the order they are shown."""

from typing import Any

from qualification.checks import exit_terms, identity, prices, regions, trust_marks, website
from qualification.checks.base import Check, Judgement, gravest

CHECKS: dict[str, Check[Any]] = {
    module.CHECK.code: module.CHECK
    for module in (identity, regions, trust_marks, exit_terms, website, prices)
}

__all__ = ["CHECKS", "Check", "Judgement", "gravest"]
