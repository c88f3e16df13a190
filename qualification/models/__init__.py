"""Dossiers, their checks, their instruction and their decisions."""

from qualification.drills.models import SecurityDrill
from qualification.models.applicability import Applicability
from qualification.models.certificate_quote import CertificateQuote
from qualification.models.check_run import CheckRun
from qualification.models.confirmed import RegisterLink, Waiver
from qualification.models.decision import Appeal, Decision, Proposal
from qualification.models.dispute import Dispute
from qualification.models.dossier import Dossier
from qualification.models.evidence import Evidence, EvidenceUse
from qualification.models.evidence_copy import EvidenceCopy
from qualification.models.gaiax import GaiaxVerification
from qualification.models.gaiax_release import GaiaxRelease, ReleaseTrial, ReleaseUse, TrialResult
from qualification.models.instruction import CorrectionRequest, Finding, InterestDeclaration
from qualification.models.message import DossierMessage
from qualification.models.offer_check import CheckAlert, OfferCheck
from qualification.models.offer_credential import OfferCredential
from qualification.models.public_copy import PublicCopy
from qualification.models.signing import SignedFinding, SigningKey
from qualification.programmes.models import (
    ApplicationMilestone,
    CallNeed,
    CallTarget,
    ConsortiumMember,
    ProgrammeApplication,
    ProgrammeCall,
    ProgressReport,
    ProjectProposal,
    TargetResult,
    TremplinProgress,
)

__all__ = [
    "Applicability",
    "Appeal",
    "ApplicationMilestone",
    "CertificateQuote",
    "CheckAlert",
    "CallNeed",
    "CallTarget",
    "CheckRun",
    "ConsortiumMember",
    "CorrectionRequest",
    "Decision",
    "Dispute",
    "Dossier",
    "DossierMessage",
    "Evidence",
    "EvidenceCopy",
    "EvidenceUse",
    "Finding",
    "GaiaxRelease",
    "GaiaxVerification",
    "InterestDeclaration",
    "OfferCredential",
    "ProgrammeApplication",
    "ProgrammeCall",
    "ProgressReport",
    "OfferCheck",
    "ProjectProposal",
    "Proposal",
    "PublicCopy",
    "RegisterLink",
    "ReleaseTrial",
    "ReleaseUse",
    "SecurityDrill",
    "SignedFinding",
    "SigningKey",
    "Waiver",
    "TargetResult",
    "TrialResult",
    "TremplinProgress",
]
