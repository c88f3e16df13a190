"""A loss rests on its issuer's dated act, whatever the scheme, and is never invented about a real offer."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from catalog.models import TrustMark
from catalog.trust import REFERENCE, record_status
from marketplace.accounts.actors import system_actor
from marketplace.errors import RuleBroken
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_mark, make_offer
from tests.catalog.test_api import ACT, MARKS, call
from tests.catalog.test_curation import FACT

pytestmark = pytest.mark.django_db
REFUSAL = "Dans la démonstration, aucun fait fictif n’est attaché à une offre réelle."


def given(**changed: object) -> dict[str, object]:
    act = {"issuer": "COFRAC", "act_reference": "ACTE-1", "act_date": timezone.localdate()}
    return {name: value for name, value in {**act, **changed}.items() if value is not None}


@pytest.mark.parametrize("scheme", ["hds", "iso27001", "gaiax"])
@pytest.mark.parametrize("status", ["suspended", "withdrawn"])
@pytest.mark.parametrize("missing", ["issuer", "act_reference", "act_date"])
def test_any_scheme_s_loss_needs_its_act(scheme: str, status: str, missing: str) -> None:
    mark = make_mark(make_offer(), scheme=scheme)
    with pytest.raises(RuleBroken) as refused:
        record_status(mark, status=status, actor=actor_for("curator"), **given(**{missing: None}))
    assert set(refused.value.fields) == {missing}
    assert "ANSSI" not in refused.value.message
    record_status(mark, status=status, actor=actor_for("curator"), **given())
    assert mark.status == status


@pytest.fixture
def real() -> TrustMark:
    return make_mark(make_offer(source_key="offre-reelle"))


@pytest.mark.parametrize(
    ("status", "move"), [("suspended", "suspend"), ("withdrawn", "withdraw"), ("abandoned", "abandon")]
)
def test_a_real_offer_loses_nothing_in_the_demonstration(real: TrustMark, status: str, move: str) -> None:
    if move == "abandon":
        real = make_mark(real.offer, scheme="hds", status="in_progress")
    with pytest.raises(RuleBroken, match=REFUSAL):
        record_status(real, status=status, actor=actor_for("curator"), **given(issuer="ANSSI"))
    refused = call(make_member("curator"), "post", f"{MARKS}{real.uuid}/{move}/", ACT)
    assert (refused.status_code, refused.json()["detail"]) == (400, REFUSAL)
    assert real.facts.count() == 1


def test_the_page_says_why(real: TrustMark) -> None:
    answer = client_for(make_member("curator")).post(f"/pilotage/qualifications/{real.uuid}/suspendre/", FACT)
    assert answer.status_code == 400
    assert REFUSAL in answer.content.decode()


def test_outside_the_demonstration_and_from_the_register_it_is_recorded(
    real: TrustMark, settings: Any
) -> None:
    record_status(real, status="suspended", actor=system_actor(REFERENCE), **given(issuer="ANSSI"))
    settings.DEMONSTRATION = False
    record_status(real, status="withdrawn", actor=actor_for("curator"), **given(issuer="ANSSI"))
    assert real.status == "withdrawn"
