"""What Chorus Pro needs of an order so that its invoice arrives: said to the buyer before it is sent.

From a note of 22 November 2026: which bodies ask for a service code or a commitment number is theirs to say,
and the whole State is invoiced under one SIRET with a code for each service (not read again in a text).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.enums import IdentifierScheme, OrganisationKind
from marketplace.validators import siret_error

if TYPE_CHECKING:
    from procurement.models import Order


def chorus_gaps(order: Order) -> list[str]:
    """Sentences, the worst first; empty when nothing lacks. No query."""
    buyer, found = order.buyer, []
    if buyer.identifier_scheme != IdentifierScheme.SIRET or siret_error(buyer.identifier):
        found.append(
            "Chorus Pro adresse une facture à un SIRET : l’identifiant de l’administration n’en est pas un."
        )
    code = buyer.service_code
    if code != code.strip() or " " in code:
        found.append("Le code service de votre administration contient une espace : corrigez-le.")
    if buyer.kind == OrganisationKind.STATE and not code:
        found.append(
            "Le code service de votre administration est inconnu. L’État partage un SIRET : "
            "sans ce code, la facture n’arrive pas au bon service."
        )
    return found
