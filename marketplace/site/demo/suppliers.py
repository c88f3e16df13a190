"""What two fictitious suppliers declare of themselves; the others, and every real one, declare nothing."""

from __future__ import annotations

from decimal import Decimal

from catalog.models import Offer
from catalog.supplier_facts.actions import declare
from marketplace.site.demo.acting import act


def load_supplier_facts(offers: dict[str, Offer]) -> None:
    declare(
        offers["messagerie"].supplier,
        actor=act("responsable@logiciels.example"),
        size="pme",
        region="76",
        is_ess=True,
        inclusion="none",
        is_independent=True,
        founded_year=2011,
        public_share_percent=Decimal("62.5"),
    )
    declare(
        offers["souverain"].supplier,
        actor=act("responsable@nuage.example"),
        size="eti",
        region="32",
        is_independent=False,
        group_name="Groupe Exemple",
        founded_year=2004,
    )
