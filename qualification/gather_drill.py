"""From rows to the facts of the check on the security contact's drill. Two queries, no network."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from catalog.models import OfferVersion
from qualification.drills.contact import contact_of
from qualification.drills.models import SecurityDrill
from qualification.facts_offer import DrillFacts


def security_drill(version: OfferVersion, _on: dt.date) -> DrillFacts:
    """Of the offer's present supplier: a drill says nothing of who holds the offer after."""
    offer = version.offer
    last = SecurityDrill.objects.last_concluded(offer.pk, organisation_id=offer.supplier.organisation_id)
    if last is None or last.sent_at is None:
        return DrillFacts()
    contact = contact_of(offer, version)
    return DrillFacts(
        number=last.number,
        state=last.state,
        sent_on=timezone.localdate(last.sent_at),
        limit_hours=last.limit_hours,
        response_seconds=last.response_seconds,
        by_supplier=last.by_supplier,
        same_contact=contact is not None and contact.address.lower() == last.address.lower(),
    )
