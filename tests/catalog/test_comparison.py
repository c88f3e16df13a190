"""S4: differences first, unknown counted, sources, costs equal to the prices held; the files; the API."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pikepdf
import pypdf
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from odfdo import Document

from catalog.enums import PriceKind, PricePeriod
from catalog.models import Offer, OfferVersion, Plan, PriceLine
from catalog.yearly_cost import YearlyCost, conclusion, yearly_cost
from tests.catalog.builders import ACTOR, make_mark, make_offer

pytestmark = pytest.mark.django_db
NBSP = "\u00a0"
LINES = [("fixed", "", "month", "10"), ("unit", "poste", "month", "2.5"), ("one_off", "", "none", "300")]


def text(response: Any) -> str:
    return str(response.content.decode())


def query(*offers: Offer) -> str:
    return "&".join(f"offre={offer.number}" for offer in offers)


def priced(*lines: tuple[str, str, str, str], name: str = "Standard", **answers: Any) -> Offer:
    """An offer whose version holds one plan with these lines."""
    offer = make_offer(answers=answers)
    version = OfferVersion.objects.create(offer=offer, number=2, answers=offer.live_version.answers)
    add_plan(version, name, *lines)
    version.freeze()
    Offer.objects.filter(pk=offer.pk).update(live_version=version)
    return Offer.objects.get(pk=offer.pk)


def add_plan(version: OfferVersion, name: str, *lines: tuple[str, str, str, str]) -> None:
    plan = Plan.objects.create(version=version, code=name.lower(), name=name)
    for n, (kind, unit, period, amount) in enumerate(lines):
        PriceLine.objects.create(
            plan=plan, code=f"l{n}", label=f"Ligne {n}", kind=PriceKind(kind), unit=unit,
            period=PricePeriod(period), amount_eur_ht=Decimal(amount),
        )  # fmt: skip


def test_differences_and_unknown_are_counted(client: Client) -> None:
    offers = [
        make_offer(answers={"name": f"C{n}", "open_source": n == 1 or None, "bug_bounty": (n > 0) or None})
        for n in range(5)
    ]
    offers[3] = make_offer(answers={"name": "C3", "bug_bounty": False})
    page = text(client.get(f"/offres/comparer/?{query(*offers)}"))
    assert "Comparer 4\u00a0offres" in page
    assert f"Retirez-en une pour ajouter «{NBSP}C4{NBSP}»" in page.replace("&nbsp;", NBSP)
    assert f"offre={offers[4].number}" not in page
    body = client.get(f"/api/v1/offers/comparison/?{'&'.join(f'offer={o.uuid}' for o in offers[:4])}").json()
    assert f"{body['differences']}{NBSP}différence" in page
    assert f"{body['unknown']}{NBSP}inconnues" in page
    rows = {row["code"]: row for row in body["rows"]}
    alone, apart = rows["open_source"], rows["bug_bounty"]
    assert (alone["differs"], alone["unknown"]) == (False, 3)
    assert [cell["value"] for cell in alone["cells"]] == [None, True, None, None]
    assert (apart["differs"], apart["unknown"]) == (True, 1)
    unsettled = [row for row in body["rows"] if not row["differs"] and row["unknown"]]
    assert body["unsettled"] == len(unsettled) > 0
    assert f"Pas assez de réponses pour comparer{NBSP}: {len(unsettled)}{NBSP}critères" in page.replace(
        "&nbsp;", NBSP
    )
    assert body["unknown"] == sum(row["unknown"] for row in body["rows"])


def test_empty_and_alone(client: Client) -> None:
    alone = make_offer()
    for address in ("/offres/comparer/?offre=abc&offre=-1", f"/offres/comparer/?{query(alone)}"):
        assert "Ajoutez au moins une offre pour comparer." in text(client.get(address))
    assert "Une offre n’est pas affichée" in text(client.get("/offres/comparer/?offre=999999"))
    assert "n’est pas affichée" in text(client.get(f"/offres/comparer/?{query(make_offer(state='draft'))}"))


def test_a_withdrawn_offer_keeps_its_column_and_nothing_else(client: Client) -> None:
    kept = make_offer(answers={"name": "Reste"})
    gone = make_offer(answers={"name": "Partie", "exit_formats": "Secret ancien"}, price="7")
    gone.withdraw(actor=ACTOR, reason="À la demande du fournisseur.")
    removed = make_offer(answers={"name": "Supprimée Exemple"})
    removed.remove(actor=ACTOR, reason="Contraire aux règles.")
    page = text(client.get(f"/offres/comparer/?{query(kept, gone, removed)}&tout=1"))
    assert "Partie" in page
    assert "Offre retirée le" in page
    assert "Secret ancien" not in page
    assert "Supprimée Exemple" not in page
    assert "Offre supprimée le" in page
    assert "0\u00a0différence," in page
    ids = f"offer={kept.uuid}&offer={gone.uuid}"
    body = client.get(f"/api/v1/offers/comparison/?{ids}").json()
    assert [offer["gone"] is None for offer in body["offers"]] == [True, False]
    assert {row["cells"][1]["value"] for row in body["rows"]} == {None}


def test_a_year_is_twelve_months_of_the_cheapest_plan() -> None:
    offer = priced(*LINES, ("fixed", "", "year", "0.10"), ("exit", "", "none", "900"))
    assert yearly_cost(offer) == YearlyCost(
        Decimal("150.10"), "Standard", (f"1{NBSP}poste",), has_one_off=True
    )
    assert yearly_cost(offer).detail == f"Formule Standard, pour 1{NBSP}poste, frais uniques en plus"
    version = OfferVersion.objects.create(offer=offer, number=3)
    add_plan(version, "Grande", ("fixed", "", "month", "99"))
    add_plan(version, "Petite", ("unit", "heure de vCPU", "hour", "0.01"))
    add_plan(version, "Projet", ("one_off", "", "none", "1"))
    version.freeze()
    Offer.objects.filter(pk=offer.pk).update(live_version=version)
    cost = yearly_cost(Offer.objects.get(pk=offer.pk))
    assert (cost.amount_eur_ht, cost.plan) == (Decimal("87.60"), "Petite")


def test_a_minimum_is_counted_and_what_is_included_is_free() -> None:
    offer = priced(("unit", "poste", "month", "2"), ("unit", "Go", "month", "5"))
    assert offer.live_version is not None
    version = offer.live_version.successor(created_by=None)
    lines = PriceLine.objects.filter(plan__version=version)
    lines.filter(unit="poste").update(minimum_quantity=10)
    lines.filter(unit="Go").update(included_quantity=3)
    version.freeze()
    Offer.objects.filter(pk=offer.pk).update(live_version=version)
    cost = yearly_cost(Offer.objects.get(pk=offer.pk))
    assert (cost.amount_eur_ht, cost.units) == (Decimal("240.00"), (f"10{NBSP}poste", f"1{NBSP}Go"))


def test_an_unknown_price_is_never_zero() -> None:
    unknown = yearly_cost(priced(("one_off", "", "none", "300")))
    assert (unknown.amount_eur_ht, unknown.text) == (None, "Prix inconnu")
    low, high = YearlyCost(Decimal(10), "A", ("poste",)), YearlyCost(Decimal(30), "B", ("Go",))
    said = conclusion([("X", unknown), ("Y", high), ("Z", low)])
    assert said == (
        f"De 10,00{NBSP}€{NBSP}HT par an (Z) à 30,00{NBSP}€{NBSP}HT par an (Y). Prix inconnu{NBSP}: X. "
        f"Les unités diffèrent{NBSP}: ces montants ne disent pas laquelle est la moins chère pour vous."
    )
    assert "ne se comparent pas par le coût" in conclusion([("X", unknown)])


def test_the_picture_says_the_figures_of_the_row(client: Client) -> None:
    first, second = priced(*LINES, name="Standard"), make_offer()
    page = text(client.get(f"/offres/comparer/?{query(first, second)}"))
    assert page.count(f"150,00{NBSP}€{NBSP}HT") >= 3  # row, bar, list
    picture = page[page.index('<svg class="market-bars"') : page.index("</svg>", page.index("market-bars"))]
    assert '<title id="cout-titre">' in picture
    assert f"Prix inconnu{NBSP}: {second.name}." in picture
    assert "Douze mois de la formule la moins chère" in page
    assert ">0,00" not in page


def test_each_fact_says_where_it_was_read(client: Client) -> None:
    offer, other = make_offer(facts_confirmed_on=dt.date(2026, 9, 3)), make_offer()
    make_mark(
        offer,
        source="Catalogue de l’ANSSI",
        source_url="https://cyber.example/",
        read_on=dt.date(2026, 9, 15),
    )
    body = client.get(f"/api/v1/offers/comparison/?offer={offer.uuid}&offer={other.uuid}").json()
    rows = {row["code"]: row for row in body["rows"]}
    assert rows["secnumcloud"]["cells"][0]["source"] == {
        "words": f"Constaté au registre{NBSP}: Catalogue de l’ANSSI",
        "on": "2026-09-15",
        "url": "https://cyber.example/",
    }
    assert rows["exit_formats"]["cells"][0]["source"]["on"] == "2026-09-03"
    page = text(client.get(f"/offres/comparer/?{query(offer, other)}&tout=1"))
    assert "https://cyber.example/" in page
    assert "03/09/2026" in page


@pytest.mark.parametrize("kind", ["csv", "ods"])
def test_the_table_in_a_file(client: Client, kind: str) -> None:
    first, second = priced(*LINES, name="P"), make_offer(answers={"name": "=1+1"})
    answer: Any = client.get(f"/offres/comparer/tableau.{kind}?{query(first, second)}")
    data = answer.getvalue()
    if kind == "csv":
        lines: Any = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
        assert lines[0][3] == "'=1+1"
        cost: Any = "150,00"
    else:
        sheet = Document(io.BytesIO(data)).body.tables[0]
        lines = [row.get_values() for row in sheet.rows]
        assert lines[0][3] == "=1+1"
        assert sheet.get_cell((3, 0)).type == "string"
        cost = Decimal("150")
    year = next(line for line in lines if line[1] == "Coût annuel minimal, en euros HT")
    assert (year[2], year[3], year[4]) == (cost, "Inconnu", "Inconnu")
    assert year[6] == f"Formule P, pour 1{NBSP}poste, frais uniques en plus"


def test_the_pdf_is_tagged_titled_french_and_says_the_same(client: Client) -> None:
    first, second = priced(*LINES, name="Standard"), make_offer(answers={"name": "Offre #set *x* $y$"})
    answer = client.get(f"/offres/comparer/tableau.pdf?{query(first, second)}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert str(pdf.Root.Lang) == "fr-FR"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as meta:
            assert meta["dc:title"] == f"Comparaison de 2{NBSP}offres"
            assert meta["pdfuaid:part"] == "1"
    said = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    flat = " ".join(said.replace(NBSP, " ").replace("\u202f", " ").split())
    assert "Offre #set *x* $y$" in flat
    assert "150,00 € HT" in flat
    assert "Prix inconnu" in flat


def test_files_and_addresses_that_do_not_exist(client: Client) -> None:
    offer, hidden = make_offer(), make_offer(state="draft")
    assert client.get(f"/offres/comparer/tableau.doc?{query(offer)}").status_code == 404
    for asked, status in (
        ("", 400),
        ("?offer=12", 400),
        ("?" + "&".join(f"offer={make_offer().uuid}" for _ in range(5)), 400),
        (f"?offer={offer.uuid}&offer={hidden.uuid}", 404),
        ("?offer=00000000-0000-4000-8000-000000000000", 404),
    ):
        assert client.get(f"/api/v1/offers/comparison/{asked}").status_code == status, asked


def test_four_offers_cost_what_two_cost(client: Client) -> None:
    def queries(*offers: Offer) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/offres/comparer/?{query(*offers)}").status_code == 200
        return len(seen)

    offers = [priced(*LINES) for _ in range(4)]
    for offer in offers:
        make_mark(offer)
    queries(*offers)
    assert queries(*offers) == queries(*offers[:2]) <= 12
