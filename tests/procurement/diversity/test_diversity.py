"""R15: the index and the shares, small numbers, who reads them, and where they are not shown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Category
from marketplace.accounts.enums import OrganisationKind
from marketplace.accounts.models import Organisation
from procurement.amendments import actions as amendments
from procurement.diversity.concentration import Bought, by_segment, concentration, index_of, overall
from procurement.diversity.purchases import diversity_of, diversity_of_the_state
from procurement.models import Contract
from tests.builders import client_for, make_member
from tests.procurement.amendments.builders import make_amendment, make_contract
from tests.procurement.order_builders import make_purchase
from tests.rest.builders import client_for_token, problem_of

TODAY = dt.date(2026, 11, 26)
amounts = st.lists(
    st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999999.99"), places=2),
    min_size=1,
    max_size=30,
)


@given(bought=amounts)
def test_the_index_lies_between_equal_shares_and_one_supplier(bought: list[Decimal]) -> None:
    found = index_of(bought)
    assert found is not None and 10_000 // len(bought) <= found <= 10_000
    assert index_of(reversed(bought)) == found
    assert index_of([*bought, Decimal(0), Decimal(-5)]) == found
    # Two suppliers that merge never make purchases less concentrated.
    if len(bought) > 1:
        merged = index_of([bought[0] + bought[1], *bought[2:]])
        assert merged is not None and merged >= found


@given(bought=amounts)
def test_shares_make_the_whole(bought: list[Decimal]) -> None:
    rows = [Bought("S", key, f"F{key:02}", amount, 1) for key, amount in enumerate(bought)]
    found = concentration("S", rows, on=TODAY)
    assert sum(share.amount_eur_ht for share in found.shares) == found.total_eur_ht == sum(bought)
    assert abs(sum(share.percent for share in found.shares) - 100) <= Decimal("0.05") * len(bought)
    assert found.level == ("unknown" if len(bought) < 5 else found.level)


def test_levels_and_small_numbers() -> None:
    def level(*parts: int, each: int = 1) -> str:
        rows = [Bought("S", key, f"F{key}", Decimal(part), each) for key, part in enumerate(parts)]
        return concentration("S", rows, on=TODAY).level

    assert index_of([Decimal(1)]) == 10_000 and index_of([]) is None
    assert level(1, 1, 1, 1, each=1) == "unknown"
    assert level(*[1] * 10) == "low" and level(*[1] * 5) == "moderate"
    assert level(60, 40, each=3) == "high"


def test_one_supplier_counts_once_over_the_segments() -> None:
    rows = [Bought("A", 1, "Un", Decimal(10), 1), Bought("B", 1, "Un", Decimal(30), 2)]
    assert [each.segment for each in by_segment(rows, on=TODAY)] == ["B", "A"]
    (share,) = overall(rows, on=TODAY).shares
    assert (share.amount_eur_ht, share.contracts, share.percent) == (Decimal(40), 3, Decimal(100))


@pytest.mark.django_db
def test_read_on_notified_contracts_with_their_amendments() -> None:
    purchase = make_purchase()
    contract = make_contract(purchase)
    amendments.approve(
        make_amendment(contract, actor=purchase.actor("requester"), delta="600.00"),
        actor=purchase.actor("approver"),
    )
    make_amendment(contract, actor=purchase.actor("requester"), delta="90.00")
    on = timezone.localdate()
    found = diversity_of(purchase.buyer, on=on)
    (segment,) = found.segments
    assert (segment.segment, segment.total_eur_ht) == ("Essai", Decimal("1800.00"))
    assert segment.shares[0].supplier == contract.supplier.name and segment.level == "unknown"
    assert not diversity_of(purchase.buyer, on=on, categories=["autre"]).segments
    Contract.objects.update(signed_at=timezone.now() - dt.timedelta(days=1100))
    assert not diversity_of(purchase.buyer, on=on).segments


@pytest.mark.django_db
def test_the_state_does_not_tell_one_administration_from_the_others() -> None:
    for count in range(3):
        make_contract(make_purchase())
        found = diversity_of_the_state(on=timezone.localdate())
        assert bool(found.segments) == (count == 2) and bool(found.hidden) == (count < 2)
    town = make_contract(make_purchase()).buyer
    Organisation.objects.filter(pk=town.pk).update(kind=OrganisationKind.LOCAL_AUTHORITY)
    assert diversity_of_the_state(on=timezone.localdate()).segments[0].contracts == 3


@pytest.mark.django_db
def test_who_reads_it_and_what_the_api_says() -> None:
    url, page = "/api/v1/supplier-diversity/", "/achat/diversite/"
    problem_of(client_for_token(None).get(url), 401)
    for role in ("supplier_manager", "curator"):
        problem_of(client_for_token(make_member(role)).get(url), 403)
        assert client_for(make_member(role)).get(page).status_code == 403
    purchase = make_purchase()
    contract = make_contract(purchase)
    shown = client_for_token(purchase.requester).get(url).json()
    assert shown["administration"]["whole"] == {
        "segment": "Tous segments",
        "total_eur_ht": "1200.00",
        "contracts": 1,
        "hhi": 10_000,
        "level": "unknown",
        "shares": [
            {
                "supplier": contract.supplier.name,
                "amount_eur_ht": "1200.00",
                "contracts": 1,
                "percent": "100.0",
            }
        ],
    }
    text = client_for(purchase.requester).get(page).content.decode()
    assert contract.supplier.name in text and "Trop peu de contrats" in text
    assert client_for_token(make_member("auditor")).get(url).json()["administration"] is None


@pytest.mark.django_db
def test_shown_at_sourcing(client: Any) -> None:
    from tests.procurement.builders import Administration, assessed_project

    Category.objects.create(code="vide", label="Vide")
    ministry = Administration()
    project = assessed_project(ministry, categories=["vide"])
    text = (
        client_for(ministry.requester.membership).get(f"/projets/{project.number}/offres/").content.decode()
    )
    assert "règle R15" in text and "aucun contrat notifié" in text


def test_never_shown_where_responses_are_judged() -> None:
    """Neither templates nor code of consultations, evaluation, orders and award name it."""
    here = Path(settings.BASE_DIR)
    judged = [
        path
        for room in ("consultations", "evaluation", "evaluations", "awards", "award", "orders")
        for folder in (here / "templates" / "procurement" / room, here / "procurement" / room)
        for path in folder.rglob("*")
        if path.suffix in (".html", ".py", ".typ")
    ]
    assert judged and not [path for path in judged if "diversity" in path.read_text()]
