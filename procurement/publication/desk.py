"""Publications on « Mon bureau »: what waits for the service achats, with the limit of the law."""

from __future__ import annotations

from django.db.models import Q

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from procurement.desk_scope import about
from procurement.models import Contract, Publication
from procurement.publication.enums import OPEN_PUBLICATIONS, PublicationState

MOST = 50


def rows(actor: Actor, *, contract: Contract | None = None) -> list[Rows]:
    """For the service achats."""
    if not actor.is_buyer or actor.user is None or not actor.has(Role.PURCHASING):
        return []
    seen = Publication.objects.visible_to(actor).with_untold()
    waiting = seen.filter(about(contract) & (Q(state__in=OPEN_PUBLICATIONS) | Q(untold=True)))
    return [one_row_each(waiting.order_by("notified_on", "state_since")[:MOST], _row)]


def _row(publication: Publication) -> DeskRow:
    if not publication.is_open:
        return DeskRow(
            object_label=str(publication),
            url=publication.get_absolute_url(),
            expected="Publier la modification du contrat",
            since=publication.state_since,
            button="Voir la publication",
        )
    ready = publication.state == PublicationState.REVIEWED
    act = "Publier les données essentielles" if ready else "Compléter et relire les données essentielles"
    return DeskRow(
        object_label=str(publication),
        url=publication.get_absolute_url(),
        expected=act,
        due_on=publication.due_on,
        since=publication.state_since,
        button="Voir la publication",
    )
