"""What procurement does when a lower app says something happened."""

from marketplace.events.bus import consumer
from marketplace.events.models import DomainEvent
from procurement.actions.status_loss import apply_loss, losses_of


@consumer("trust_mark.status_changed", name="procurement.status_loss")
def on_status_changed(event: DomainEvent) -> None:
    for loss in losses_of(event):
        apply_loss(loss)
