"""What procurement does when a lower app says something happened."""

from catalog.enums import HELD_STATUSES, OfferState
from marketplace.events.bus import consumer
from marketplace.events.models import DomainEvent
from procurement.actions.eligibility import freeze_at_step
from procurement.actions.status_loss import apply_loss, losses_of
from procurement.derogations.clock import prompt_reviews
from procurement.enums import FrozenAt
from procurement.models import Order, Project


@consumer("trust_mark.status_changed", name="procurement.status_loss")
def on_status_changed(event: DomainEvent) -> None:
    for loss in losses_of(event):
        apply_loss(loss)


@consumer("trust_mark.status_changed", name="procurement.derogation_review")
def on_status_held(event: DomainEvent) -> None:
    """A status obtained may make an offer comply with a project under derogation."""
    if event.payload["status"] in HELD_STATUSES:
        prompt_reviews(event.payload["offers"])


@consumer("offer.state_changed", name="procurement.derogation_review")
def on_offer_online(event: DomainEvent) -> None:
    if event.payload["to"] in (OfferState.LISTED, OfferState.UNCLAIMED):
        prompt_reviews([event.payload["offer"]])


@consumer("project.step_taken", name="procurement.lists_of_step")
def on_step_taken(event: DomainEvent) -> None:
    project = Project.objects.get(pk=event.payload["project"])
    freeze_at_step(project, step=FrozenAt(event.payload["step"]))


@consumer("order.sent", name="procurement.lists_of_step")
def on_order_sent(event: DomainEvent) -> None:
    freeze_at_step(Order.objects.get(pk=event.payload["order"]).project, step=FrozenAt.ORDER)
