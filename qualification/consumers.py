"""What qualification does when the catalogue says something happened."""

from catalog.models import Offer
from marketplace.accounts.actors import system_actor
from marketplace.events.bus import consumer
from marketplace.events.models import DomainEvent
from qualification.enums import DossierState
from qualification.models import Dossier

ACTOR = system_actor("events")


@consumer("offer.handed_over", name="qualification.unsent_dossier")
def on_offer_handed_over(event: DomainEvent) -> None:
    """A dossier not sent yet follows its offer; the others stay with the supplier who sent them."""
    offer = Offer.objects.select_related("supplier").get(pk=event.payload["offer"])
    owner = offer.supplier.organisation
    dossier = Dossier.objects.filter(offer=offer, state=DossierState.DRAFT).first()
    if dossier is None or owner is None or dossier.organisation_id == owner.pk:
        return

    def apply(row: Dossier) -> None:
        row.organisation = owner

    dossier.touch("follow_offer", actor=ACTOR, apply=apply)
