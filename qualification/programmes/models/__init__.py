"""Calls of a programme, applications to them with what the operator chose, milestones, quarterly reports."""

from qualification.programmes.models.application import ProgrammeApplication, ProgrammeApplicationQuerySet
from qualification.programmes.models.call import ProgrammeCall, ProgrammeCallQuerySet
from qualification.programmes.models.progress import ApplicationMilestone, ProgressReport

__all__ = [
    "ApplicationMilestone",
    "ProgrammeApplication",
    "ProgrammeApplicationQuerySet",
    "ProgrammeCall",
    "ProgrammeCallQuerySet",
    "ProgressReport",
]
