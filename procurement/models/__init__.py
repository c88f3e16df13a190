from procurement.models.amendment import Amendment
from procurement.models.approval import (
    AmendmentApproval,
    ApprovalChain,
    ApprovalStep,
    OrderApproval,
    SignatureDelegation,
)
from procurement.models.assessment import Assessment, SensitivityDecision
from procurement.models.award import Award, AwardCertificate, RejectionLetter
from procurement.models.budget import BudgetAlert, BudgetLine, Commitment
from procurement.models.calendar import CalendarLink
from procurement.models.candidate import Candidate, CandidatePaper
from procurement.models.compliance_act import ComplianceAct
from procurement.models.consultation import Consultation, ConsultationInvitation, ConsultationLot
from procurement.models.consultation_keys import ConsultationKey, KeyHolder, KeyShare, ShareGift
from procurement.models.consultation_parts import (
    AwardCriterion,
    ConsultationDocument,
    ConsultationNotice,
    ConsultationQuestion,
    PriceItem,
)
from procurement.models.consultation_responses import (
    OpenedFile,
    OpenedResponse,
    ResponseDraft,
    SealedDeposit,
)
from procurement.models.contract import Contract, ContractReview
from procurement.models.control_file import ControlFile, ControlPaper
from procurement.models.convention import Convention, ConventionCharge
from procurement.models.derogation import Derogation, DerogationAct
from procurement.models.dynamic_system import (
    Admission,
    AdmissionPaper,
    DynamicSystem,
    SystemCategory,
    admitted_suppliers,
)
from procurement.models.eligibility import SHORTLIST_LIMIT, EligibilityList, EligibilityRow, ShortlistEntry
from procurement.models.evaluation import (
    AgreedMark,
    ClarificationRequest,
    Evaluation,
    Evaluator,
    Mark,
    SetAside,
)
from procurement.models.exit_plan import ExitExport, ExitPlan, ExitRehearsal, SecurityCheck
from procurement.models.group_purchase import GroupMember, GroupPurchase, NeedShare, ShareConsent
from procurement.models.invoice import Invoice, InvoiceLine
from procurement.models.invoice_parts import InterestPayment, InvoiceDispute, InvoicePayment, SupplierAccount
from procurement.models.lot_outcome import LotOutcome
from procurement.models.need_link import ProjectNeed
from procurement.models.negotiation import CounterProposal, CounterProposalLine, PrivatePrice
from procurement.models.notice_sending import NoticeSending
from procurement.models.opinion import Opinion
from procurement.models.order import Order, OrderFlag, OrderLine, OrderMessage
from procurement.models.peer import PeerConsent, PeerMessage
from procurement.models.project import Project
from procurement.models.project_document import ProjectDocument
from procurement.models.publication import Publication, PublicationFile, PublicationRelease
from procurement.models.route_choice import RouteChoice
from procurement.models.search_proof import SearchProof
from procurement.models.statement import UsageLine, UsageStatement
from procurement.models.user_review import ReviewEdition, UserReview
from procurement.models.vehicle import PurchasingVehicle
from procurement.models.vehicle_discount import VehicleDiscount
from procurement.models.vehicle_lot import LotHolding, VehicleLot

__all__ = [
    "VehicleDiscount",
    "ComplianceAct",
    "CounterProposal",
    "InterestPayment",
    "CounterProposalLine",
    "PrivatePrice",
    "RejectionLetter",
    "AwardCertificate",
    "Award",
    "SetAside",
    "Mark",
    "Evaluator",
    "Evaluation",
    "ClarificationRequest",
    "AgreedMark",
    "SHORTLIST_LIMIT",
    "Admission",
    "AdmissionPaper",
    "Amendment",
    "AmendmentApproval",
    "ApprovalChain",
    "ApprovalStep",
    "Assessment",
    "BudgetAlert",
    "BudgetLine",
    "CalendarLink",
    "Candidate",
    "CandidatePaper",
    "Commitment",
    "AwardCriterion",
    "Consultation",
    "ConsultationDocument",
    "ConsultationInvitation",
    "ConsultationKey",
    "ConsultationLot",
    "ConsultationNotice",
    "ConsultationQuestion",
    "Contract",
    "ContractReview",
    "ControlFile",
    "ControlPaper",
    "Convention",
    "ConventionCharge",
    "Derogation",
    "DerogationAct",
    "DynamicSystem",
    "EligibilityList",
    "EligibilityRow",
    "Invoice",
    "InvoiceDispute",
    "InvoiceLine",
    "InvoicePayment",
    "ExitExport",
    "ExitPlan",
    "ExitRehearsal",
    "GroupMember",
    "GroupPurchase",
    "NeedShare",
    "ShareConsent",
    "KeyHolder",
    "LotHolding",
    "LotOutcome",
    "KeyShare",
    "NoticeSending",
    "OpenedFile",
    "OpenedResponse",
    "Opinion",
    "Order",
    "OrderApproval",
    "OrderFlag",
    "OrderLine",
    "OrderMessage",
    "PeerConsent",
    "PeerMessage",
    "PriceItem",
    "Project",
    "ProjectDocument",
    "ProjectNeed",
    "Publication",
    "PublicationFile",
    "PublicationRelease",
    "PurchasingVehicle",
    "ResponseDraft",
    "ReviewEdition",
    "RouteChoice",
    "SealedDeposit",
    "SearchProof",
    "SecurityCheck",
    "SensitivityDecision",
    "ShareGift",
    "ShortlistEntry",
    "SignatureDelegation",
    "UsageLine",
    "UsageStatement",
    "SupplierAccount",
    "UserReview",
    "SystemCategory",
    "admitted_suppliers",
    "VehicleLot",
]
