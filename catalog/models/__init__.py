from catalog.models.category import Category
from catalog.models.change import Change
from catalog.models.claim import OfferClaim
from catalog.models.collection import Collection, CollectionEntry
from catalog.models.curated import CuratedOffer
from catalog.models.duplicate import DuplicateLook, DuplicatePair
from catalog.models.facts import FactsEvent
from catalog.models.handover import OfferHandover
from catalog.models.need import MissingNeed, NeedJoin
from catalog.models.offer import Offer, OfferAlias
from catalog.models.online import OnlineVersion
from catalog.models.price_outlier import PriceOutlier
from catalog.models.register import RegisterDifference, RegisterImport
from catalog.models.review import VersionReview
from catalog.models.saved_search import SavedSearch, SearchNews
from catalog.models.search_row import OfferSearchRow
from catalog.models.section_delegation import SectionDelegation
from catalog.models.stack import StackEdge
from catalog.models.supplier import Supplier
from catalog.models.trust import EffectiveTrust, TrustFact, TrustMark, TrustReport
from catalog.models.version import OfferVersion, Plan, PriceLine

__all__ = [
    "Category",
    "Change",
    "Collection",
    "CollectionEntry",
    "CuratedOffer",
    "DuplicateLook",
    "DuplicatePair",
    "EffectiveTrust",
    "FactsEvent",
    "MissingNeed",
    "NeedJoin",
    "Offer",
    "OfferAlias",
    "OfferClaim",
    "OfferHandover",
    "OfferSearchRow",
    "OfferVersion",
    "OnlineVersion",
    "Plan",
    "PriceLine",
    "PriceOutlier",
    "SavedSearch",
    "SearchNews",
    "RegisterDifference",
    "RegisterImport",
    "SectionDelegation",
    "StackEdge",
    "Supplier",
    "TrustFact",
    "TrustMark",
    "TrustReport",
    "VersionReview",
]
