"""What the database knows of a supplier, for the conditions of a consultation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from catalog.enums import HELD_STATUSES, OfferState, Scheme
from catalog.models import EffectiveTrust, Supplier
from marketplace.accounts.enums import OrganisationState
from procurement.consultations.eligibility import EligibilityResult, SupplierFacts, judge
from procurement.consultations.enums import Access, ConsultationKind
from procurement.models import Admission, ConsultationInvitation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Consultation


def supplier_of(actor: Actor) -> Supplier | None:
    """The sheet of the actor's organisation; one query, none for who is no supplier."""
    if actor.organisation is None or not actor.is_supplier:
        return None
    return Supplier.objects.filter(organisation=actor.organisation).first()


def eligibility_of(consultation: Consultation, actor: Actor) -> EligibilityResult:
    """At most five queries."""
    names = {code: str(Scheme(code).label) for code in consultation.required_schemes}
    facts = _facts(consultation, actor, schemes=list(names))
    # Anybody may apply; once candidates are chosen, the invited alone may answer.
    applies = consultation.is_restricted and consultation.invited_at is None
    access = Access.OPEN if applies else consultation.access
    return judge(facts, kind=consultation.kind, access=access, scheme_names=names)


def _facts(consultation: Consultation, actor: Actor, *, schemes: list[str]) -> SupplierFacts:
    supplier = supplier_of(actor)
    lot = consultation.route_choice.vehicle_lot
    holders = {one.supplier_id for one in lot.holdings.all()} if lot is not None else set()
    return SupplierFacts(
        is_supplier=actor.is_supplier,
        is_verified=actor.organisation is not None and actor.organisation.state == OrganisationState.VERIFIED,
        has_sheet=supplier is not None,
        is_invited=supplier is not None and _is_invited(consultation, supplier),
        is_holder=None if not holders or supplier is None else supplier.pk in holders,
        is_admitted=supplier is not None and _is_admitted(consultation, supplier),
        schemes=_held(supplier, schemes) if supplier is not None and schemes else {},
    )


def _is_invited(consultation: Consultation, supplier: Supplier) -> bool:
    if consultation.access == Access.OPEN:
        return False
    return ConsultationInvitation.objects.filter(consultation=consultation, supplier=supplier).exists()


def _is_admitted(consultation: Consultation, supplier: Supplier) -> bool:
    if consultation.kind != ConsultationKind.SPECIFIC:
        return False
    rows = Admission.objects.admitted().filter(supplier=supplier)
    system = consultation.route_choice.vehicle_id
    return rows.filter(system__vehicle=system, category=consultation.category_id).exists()


def _held(supplier: Supplier, schemes: list[str]) -> dict[str, str]:
    """By scheme, the first listed offer that holds it today."""
    today = timezone.localdate()
    rows = EffectiveTrust.objects.filter(
        offer__supplier=supplier, offer__state=OfferState.LISTED, scheme__in=schemes
    )
    held: dict[str, str] = {}
    for row in rows.select_related("offer").order_by("offer__name", "pk"):
        if row.status_on(today) in HELD_STATUSES:
            held.setdefault(row.scheme, row.offer.name)
    return held
