"""The offer can be ordered: it has formulas, and their prices are plausible."""

import datetime as dt
from collections import Counter
from decimal import Decimal

from qualification.checks.base import YEAR, Check, Judgement
from qualification.enums import Verdict
from qualification.facts import CatalogueFacts

# Beyond this, a unit price is more likely a slip of the decimal point than a price.
IMPLAUSIBLE = Decimal(1_000_000)


def judge(facts: CatalogueFacts, _on: dt.date) -> Judgement:
    priced = Counter(price.plan for price in facts.prices)
    evidence = {"plans": list(facts.plans), "prices": len(facts.prices)}
    if not facts.plans:
        return Judgement(
            Verdict.UNKNOWN,
            "Aucune formule n’est décrite : l’offre ne peut pas être commandée.",
            evidence,
            "Décrivez au moins une formule avec ses lignes de prix.",
        )
    unpriced = [plan for plan in facts.plans if not priced[plan]]
    if unpriced:
        return Judgement(
            Verdict.WARN,
            f"Formules sans prix : {', '.join(unpriced)}.",
            evidence,
            "Ajoutez au moins une ligne de prix à chaque formule.",
        )
    odd = [
        f"{price.plan}, {price.label}"
        for price in facts.prices
        if price.amount_eur_ht == 0 or price.amount_eur_ht >= IMPLAUSIBLE
    ]
    if odd:
        return Judgement(
            Verdict.WARN,
            f"Prix à confirmer (nul ou très élevé) : {'; '.join(odd)}.",
            evidence,
            "Vérifiez ces lignes ; si elles sont justes, dites-le à l’instruction.",
        )
    return Judgement(Verdict.PASS, "Chaque formule a un prix plausible.", evidence)


CHECK = Check(
    code="prices",
    version="1",
    title="Formules et prix",
    rule="Conditions de référencement : chaque formule commandable a un prix structuré.",
    judge=judge,
    facts=("plans",),
    max_age=YEAR,
)
