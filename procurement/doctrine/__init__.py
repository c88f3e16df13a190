"""The « cloud au centre » doctrine as pure functions: facts and a date in, obligations and their text out."""

from procurement.doctrine.changes import Moved, changes_between, moved_between
from procurement.doctrine.engine import assess
from procurement.doctrine.facts import AssessmentFacts
from procurement.doctrine.results import AssessmentResult, Obligation

__all__ = [
    "AssessmentFacts",
    "AssessmentResult",
    "Moved",
    "Obligation",
    "assess",
    "changes_between",
    "moved_between",
]
