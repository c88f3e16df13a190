"""What both tellings of a supplier's story share: what is written at each step, and the outcome to compare.

A SaaS is listed from nothing, edited, refused once; a curator accepts a version while the next one comes;
the first version comes back.
"""

from __future__ import annotations

from typing import Any

from catalog.models import Offer, VersionReview
from marketplace.notifications.models import Notification
from tests.support.journey import ANSWERS, Cast

FIRST, SECOND, THIRD = "Le meilleur courriel.", "Courriel, agendas et listes.", "Courriel et annuaire."
REFUSAL = "« Le meilleur » ne se vérifie pas."
LISTED = str(ANSWERS["description"])


def story_outcome(cast: Cast) -> dict[str, Any]:
    """Told without keys, numbers or dates: the same by pages and by API."""
    offer = Offer.objects.get(name=ANSWERS["name"])
    reviews = VersionReview.objects.filter(version_proposed__offer=offer).order_by("pk")
    told = Notification.objects.filter(user=cast["supplier_manager"].user, url__contains="/offres/")
    return {
        "state": offer.state,
        "online": offer.description,
        "was_online": [
            row.version.answers["description"]
            for row in offer.online_versions.select_related("version").order_by("pk")
        ],
        "reviews": [
            (review.version_proposed.answers["description"], review.state, review.decision_reason)
            for review in reviews
        ],
        "refusals_told": told.filter(subject__startswith="Modification refusée").count(),
    }


# Both tellings end here.
STORY_OUTCOME = {
    "state": "listed",
    "online": LISTED,
    "was_online": [LISTED, SECOND, THIRD, LISTED],
    "reviews": [
        (FIRST, "refused", REFUSAL),
        (SECOND, "accepted", ""),
        (THIRD, "accepted", ""),
        (LISTED, "accepted", ""),
    ],
    "refusals_told": 1,
}
