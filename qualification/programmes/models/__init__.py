"""Calls of a programme, applications to them with what the operator chose, milestones, quarterly reports."""

from qualification.programmes.models.application import ProgrammeApplication, ProgrammeApplicationQuerySet
from qualification.programmes.models.call import ProgrammeCall, ProgrammeCallQuerySet
from qualification.programmes.models.progress import ApplicationMilestone, ProgressReport, TremplinProgress
from qualification.programmes.models.project import (
    CallNeed,
    CallTarget,
    ConsortiumMember,
    ProjectProposal,
    TargetResult,
)

__all__ = [
    "ApplicationMilestone",
    "CallNeed",
    "CallTarget",
    "ConsortiumMember",
    "ProgrammeApplication",
    "ProgrammeApplicationQuerySet",
    "ProgrammeCall",
    "ProgrammeCallQuerySet",
    "ProgressReport",
    "ProjectProposal",
    "TargetResult",
    "TremplinProgress",
]
