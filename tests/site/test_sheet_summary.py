"""The summary of a sheet names every part of the page, those that upper apps add included."""

from __future__ import annotations

import re

import pytest

from tests.builders import client_for, make_member
from tests.catalog.builders import make_offer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "state", "added"),
    [
        ("", "listed", ["avis"]),
        ("requester", "listed", ["avis", "pairs"]),
        ("supplier_manager", "listed", ["avis"]),
        ("requester", "unclaimed", []),
    ],
)
def test_each_part_of_the_sheet_is_in_its_summary(role: str, state: str, added: list[str]) -> None:
    offer = make_offer(state=state, source_key="essai" if state == "unclaimed" else None)
    client = client_for(make_member(role) if role else None)
    page = client.get(offer.get_absolute_url()).content.decode()
    summary = page[page.index('id="sommaire"') : page.index("</nav>", page.index('id="sommaire"'))]
    listed = re.findall(r'href="#([a-z]+)"', summary)
    assert listed == re.findall(r'<h2 id="([a-z]+)"', page)
    assert [anchor for anchor in listed if anchor in ("avis", "pairs")] == added
