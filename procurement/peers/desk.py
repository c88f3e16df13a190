"""Peers on « Mon bureau »: a message waits for the answer of the person who agreed to be contacted."""

from __future__ import annotations

from marketplace.accounts.actors import Actor
from marketplace.ui.desk import TODO, DeskRow, Rows, Shortcut, one_row_each
from procurement.models import PeerMessage
from procurement.peers.abilities import reads_peers

MOST = 20


def rows(actor: Actor) -> list[Rows]:
    """One reading for a person of an administration, none for the others."""
    if actor.user is None or not actor.is_buyer:
        return []
    waiting = PeerMessage.objects.waiting().for_pages()
    mine = waiting.filter(consent__user=actor.user, consent__organisation=actor.organisation)
    return [
        one_row_each(
            mine.order_by("state_since", "pk")[:MOST],
            lambda message: DeskRow(
                object_label=f"{message.consent.offer.name}, {message.organisation}",
                url=message.get_absolute_url(),
                expected="Répondre à un pair, ou décliner",
                since=message.state_since,
                button="Lire le message",
                zone=TODO,
            ),
        )
    ]


def shortcuts(actor: Actor) -> list[Shortcut]:
    if not reads_peers(actor) or actor.user is None:
        return []
    return [Shortcut("Échanges entre pairs", "/pairs/", "Ce que des administrations disent de leurs offres")]
