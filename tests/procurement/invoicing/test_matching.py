"""The three-way match, as a pure judgement: what is ordered, served, already invoiced, and asked."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.money import round_eur
from procurement.invoicing.checks import tax_of_lines
from procurement.invoicing.matching import UNORDERED, Billed, Facts, Ordered, match
from procurement.invoicing.reading.document import Line

SEATS = Ordered(1, "Poste", Decimal(120), frozenset({Decimal(10)}), Decimal("1200.00"))


def billed(quantity="10", price="10", total="100.00", key=1):
    return Billed(key, "Poste", Decimal(quantity), Decimal(price), Decimal(total))


def judged(*lines, **values):
    total = sum((line.total_eur_ht for line in lines), Decimal(0))
    return match(Facts(**{
        "ordered": [SEATS], "billed": lines, "before": {}, "before_quantities": {},
        "served": None, "served_before": {},
        "most_eur_ht": Decimal("1200.00"), "by_usage": False, "total_eur_ht": total,
        "foot_eur_ht": Decimal(0),
        "vat_eur": Decimal(20), "vat_of_lines_eur": Decimal(20), **values,
    }))  # fmt: skip


def text(found):
    return " ".join(found.sentences).replace("\u00a0", " ").replace("\u202f", " ")


def test_an_invoice_within_the_order_agrees_and_says_that_nothing_is_certified():
    found = judged(billed())
    assert found.agrees and not found.service_certified
    assert found.rows[0].served_eur_ht is None and found.rows[0].billed_eur_ht == Decimal("100.00")


def test_each_difference_is_said_where_it_is():
    assert "prix facturé 12,00 € HT, commandé 10,00 € HT" in text(judged(billed(price="12", total="120.00")))
    assert "prix font 100,00 € HT, la ligne porte 90,00 € HT" in text(judged(billed(total="90.00")))
    assert "rien de tel dans le bon de commande" in text(judged(billed(key=UNORDERED)))
    assert "TVA : 20,00 € portés, 19,99 €" in text(judged(billed(), vat_of_lines_eur=Decimal("19.99")))
    assert "pas de lignes" in text(judged(total_eur_ht=Decimal(100)))
    assert "Remises" in text(judged(billed(), foot_eur_ht=Decimal(-5)))


def test_what_others_invoiced_counts():
    before = {"before": {1: Decimal("1150.00")}, "before_quantities": {1: Decimal(115)}}
    assert "125 facturés en tout, 120 commandés" in text(judged(billed(), **before))
    assert "le contrat vaut 1 200,00 € HT" in text(judged(billed(), **before))
    assert judged(billed("5", total="50.00"), **before, vat_of_lines_eur=None).agrees


def test_by_usage_the_quantity_is_free_and_the_maximum_holds():
    usage = {"by_usage": True, "most_eur_ht": Decimal("5000.00"), "vat_of_lines_eur": None}
    assert judged(billed("500", total="5000.00"), **usage).agrees
    assert not judged(billed("501", total="5010.00"), **usage).agrees


def test_the_certified_service_is_the_third_way():
    found = judged(billed(), served={1: Decimal("80.00")})
    assert found.service_certified and "80,00 € HT de service fait certifié" in text(found)
    assert judged(billed(), served={1: Decimal("100.00")}).agrees
    assert not judged(billed(), served={}).agrees
    assert not judged(total_eur_ht=Decimal("100.00"), served={1: Decimal("99.99")}).agrees


CENT_PRICES = st.decimals(min_value=0, max_value=50, places=6)


@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.tuples(st.integers(1, 1000), CENT_PRICES), min_size=1000, max_size=1000))
def test_a_thousand_lines_are_rounded_one_by_one_and_taxed_once(rows):
    lines = tuple(
        Line(rank, "Poste", Decimal(quantity), price, round_eur(quantity * price), Decimal(20))
        for rank, (quantity, price) in enumerate(rows)
    )
    total = sum((line.total_eur_ht for line in lines), Decimal(0))
    assert tax_of_lines(lines) == round_eur(total / 5)
    exact = sum((quantity * price for quantity, price in rows), Decimal(0))
    assert abs(total - exact) <= Decimal("0.005") * len(rows)
    assert tax_of_lines((*lines, Line(0, "", Decimal(1), Decimal(1), Decimal(1)))) is None
