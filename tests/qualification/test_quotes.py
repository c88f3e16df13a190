"""/mes-offres/<n>/couverture/devis/ and /api/v1/coverage/<id>/quotes/: a supplier's own quotes."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Supplier
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, NotAllowed
from qualification.coverage import quotes as quoting
from qualification.models import CertificateQuote
from tests.builders import client_for, make_member
from tests.qualification import builders
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db

QUOTE = {
    "certificate": "iso27001",
    "amount_eur_ht": Decimal("45000.00"),
    "months": 9,
    "quoted_on": dt.date(2026, 10, 15),
    "issuer": "Organisme Exemple",
}
TYPED = {**QUOTE, "amount_eur_ht": "45000", "quoted_on": "2026-10-15"}


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def offer(people):
    return builders.make_offer(people.supplier)


def page_of(offer):
    return f"/mes-offres/{offer.number}/couverture/devis/"


def add(people, offer, **fields):
    return quoting.add_quote(offer, actor=people.actor("editor"), **{**QUOTE, **fields})


def test_nobody_else_sees_them(people, offer):
    row = add(people, offer)
    assert client_for(None).get(page_of(offer)).status_code == 302
    others = (make_member(Role.SUPPLIER_MANAGER), make_member(Role.AUDITOR), people.officer)
    for other in others:
        assert client_for(other).get(page_of(offer)).status_code == 404
        api = client_for_token(other)
        assert api.get(f"/api/v1/coverage/{offer.uuid}/quotes/").status_code == 404
        with pytest.raises(NotAllowed):
            quoting.withdraw_quote(row, actor=Actor.of(other))
    told = AuditEvent.objects.get(what="add_quote")
    assert told.side.detail == {"certificate": "iso27001"}, "the journal has other readers"


def test_a_quote_is_entered_counts_and_is_withdrawn(people, offer):
    client = client_for(people.editor)
    assert "Aucun devis saisi" in client.get(page_of(offer)).content.decode()
    assert client.post(page_of(offer), TYPED).status_code == 302
    row = CertificateQuote.objects.get()
    assert (row.certificate, row.amount_eur_ht, row.months) == ("iso27001", Decimal("45000.00"), 9)
    assert (row.organisation, row.added_by) == (people.supplier, people.editor.user)
    page = client.get(page_of(offer)).content.decode()
    assert "Organisme Exemple" in page and "9 mois" in page
    assert client.post(page_of(offer), {"withdraw": str(row.uuid)}).status_code == 302
    assert "Retiré le" in client.get(page_of(offer)).content.decode()
    assert client.post(page_of(offer), {"withdraw": str(row.uuid)}).status_code == 409
    assert client.post(page_of(offer), {"withdraw": "rien"}).status_code == 404
    assert quoting.counted_quotes(offer) == {}


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("certificate", "rien", "Sélectionnez un choix valide"),
        ("amount_eur_ht", "0", "supérieur à zéro"),
        ("amount_eur_ht", "beaucoup", "comme 45000"),
        ("months", "0", "de 1 à 120"),
        ("months", "3,5", "de 1 à 120"),
        ("quoted_on", "2999-01-01", "dans l’avenir"),
        ("issuer", "  ", "Établi par"),
    ],
)
def test_a_bad_quote_names_its_field_and_loses_nothing(people, offer, field, typed, said):
    answer = client_for(people.editor).post(page_of(offer), {**TYPED, field: typed})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    kept = "Organisme Exemple" if field != "issuer" else "45000"
    assert f'value="{kept}"' in page
    assert not CertificateQuote.objects.exists()


def test_the_last_dated_counts_until_it_is_withdrawn(people, offer):
    older = add(people, offer, quoted_on=dt.date(2026, 3, 1), amount_eur_ht=Decimal(30000))
    newer = add(people, offer)
    add(people, offer, quoted_on=dt.date(2026, 5, 1), amount_eur_ht=Decimal(99))
    assert quoting.counted_quotes(offer)["iso27001"].amount_eur_ht == newer.amount_eur_ht
    quoting.withdraw_quote(newer, actor=people.actor("editor"))
    assert quoting.counted_quotes(offer)["iso27001"].amount_eur_ht == Decimal(99)
    with pytest.raises(MoveRefused):
        quoting.withdraw_quote(newer, actor=people.actor("editor"))
    assert older.pk in {row.pk for row in quoting.quotes_of(offer)}


def test_an_offer_that_changed_hands_leaves_its_quotes_behind(people, offer):
    add(people, offer)
    offer.supplier = _other_supplier()
    offer.save(update_fields=["supplier"])
    assert not quoting.quotes_of(offer).exists()
    assert quoting.counted_quotes(offer) == {}


def _other_supplier():
    organisation = make_member(Role.SUPPLIER_MANAGER).organisation
    return Supplier.objects.create(organisation=organisation, name="Autre SAS", slug="autre", country="FR")


def test_the_coverage_says_what_is_quoted_and_what_is_missing(people, offer):
    client, url = client_for(people.editor), f"/mes-offres/{offer.number}/couverture/iso27001-2022/"
    before = client.get(url).content.decode()
    assert "tant qu’il manque le coût de Certification ISO/IEC 27001" in before
    add(people, offer)
    after = client.get(url).content.decode()
    assert "L’ensemble de certificats le moins cher." in after
    assert "15\u00a0octobre 2026</time>, Organisme Exemple" in after
    assert "Sur vos devis\u00a0: Certification ISO/IEC 27001" in after.replace("&nbsp;", "\u00a0")
    assert "9 mois, selon le devis" in after
    whole = client.get(f"/mes-offres/{offer.number}/couverture/").content.decode()
    assert "Coût total inconnu" in whole and "Le reste coûte" in whole
    assert f"/mes-offres/{offer.number}/couverture/devis/" in whole


def test_the_endpoints_do_the_same(people, offer):
    api, url = client_for_token(people.editor), f"/api/v1/coverage/{offer.uuid}/"
    made = api.post(f"{url}quotes/", {**TYPED, "months": None}, format="json")
    assert made.status_code == 201, made.json()
    assert made.json()["amount_eur_ht"] == "45000.00"
    assert made.json()["months"] is None
    listed = api.get(f"{url}quotes/").json()
    assert [row["id"] for row in listed] == [made.json()["id"]]
    closing = api.get(url, {"scheme": "iso27001-2022"}).json()["closing"]
    assert (closing["by_cost"], closing["unpriced"], closing["cost_max_eur_ht"]) == (True, [], "45000.00")
    assert closing["certificates"][0]["quote"]["issuer"] == "Organisme Exemple"
    assert closing["months_together"] == 12, "the quote gives no delay: the published one stays"
    bad = api.post(f"{url}quotes/", {**TYPED, "certificate": "rien"}, format="json")
    assert (bad.status_code, bad.json()["code"]) == (400, "certificate_unknown")
    asked = {"quote": made.json()["id"]}
    assert api.post(f"{url}withdraw-quote/", asked, format="json").json()["withdrawn_at"]
    again = api.post(f"{url}withdraw-quote/", asked, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "quote_withdrawn")
    assert api.get(url, {"scheme": "iso27001-2022"}).json()["closing"]["unpriced"] == [
        "Certification ISO/IEC 27001"
    ]


def test_one_quote_or_ten_cost_the_same_queries(people, offer):
    client = client_for(people.editor)
    add(people, offer)
    few = _queries(client, page_of(offer))
    for _ in range(9):
        add(people, offer)
    assert _queries(client, page_of(offer)) == few


def _queries(client, url):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)
