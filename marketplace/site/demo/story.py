"""The story that the demonstration tells, played through the same actions as the pages.

Nuage Exemple lists a qualified infrastructure; Logiciels Exemple lists a mail service built on it;
the ministry of the demonstration analyses, orders and runs it. Suspending the fictitious qualification
of « Nuage Exemple Souverain » then reaches that contract.
"""

from __future__ import annotations

from marketplace.site.demo.amending import load_amendment, load_discounts
from marketplace.site.demo.buying import load_buying
from marketplace.site.demo.consulting import load_consultations
from marketplace.site.demo.contract_life import load_contract_life
from marketplace.site.demo.control import load_control
from marketplace.site.demo.curation import load_curation
from marketplace.site.demo.dossiers import load_dossiers
from marketplace.site.demo.gaiax import load_gaiax
from marketplace.site.demo.invoicing import load_invoices
from marketplace.site.demo.lacks import load_lacks
from marketplace.site.demo.needs import load_needs
from marketplace.site.demo.negotiating import load_negotiation
from marketplace.site.demo.offers import load_offers
from marketplace.site.demo.programmes import load_programmes
from marketplace.site.demo.projects import load_projects
from marketplace.site.demo.publishing import load_publications
from marketplace.site.demo.restricted import load_restricted
from marketplace.site.demo.suppliers import load_supplier_facts
from marketplace.site.demo.voices import load_voices


def load_story() -> str:
    offers = load_offers()
    load_dossiers(offers)
    mail = load_buying(offers)
    load_invoices(offers)
    load_control(mail, offers)
    load_contract_life(offers)
    load_negotiation(offers)
    load_needs(mail)
    load_publications()
    load_consultations()
    load_restricted()
    load_amendment()
    load_discounts()
    load_lacks()
    load_voices(offers)
    load_curation(offers)
    load_supplier_facts(offers)
    load_programmes(offers)
    load_projects(offers)
    load_gaiax(offers)
    return f"Demonstration: {len(offers)} fictitious offers, their dossiers, projects, orders and a contract."
