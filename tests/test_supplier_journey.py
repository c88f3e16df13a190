"""A supplier lists a SaaS from nothing to live, edits it, is refused once; a curator’s race is won.

By API from end to end, on real connections: the race is between two transactions that commit. Through the
browser: tests/browser/test_supplier_story.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog.models import Offer
from marketplace.notifications.models import Notification
from tests.rest.builders import client_for_token
from tests.support.journey import Cast, the_supplier_site
from tests.support.racing import at_once
from tests.support.supplier_story import FIRST, REFUSAL, SECOND, STORY_OUTCOME, THIRD, story_outcome
from tests.test_journeys import Caller, gathered, list_an_offer


@pytest.mark.django_db(transaction=True)
def test_from_nothing_to_live_then_edited_refused_and_raced(settings: Any, tmp_path: Path) -> None:
    cast = gathered()
    settings.MEDIA_ROOT = str(tmp_path / "files")
    say = {role: Caller(client_for_token(member)) for role, member in cast.members.items()}
    with the_supplier_site(settings, tmp_path):
        offer = list_an_offer(say)
    before = online(offer)
    assert before["state"] == "listed"
    refused_once(say, cast, offer)
    assert online(offer)["answers"] == before["answers"], "a refusal leaves what is online"
    second, third = raced(say, offer)
    went_on(say, offer, second=second, third=third)
    came_back(say, offer, number=before["live_version"])
    assert online(offer)["description"] == before["description"]
    assert story_outcome(cast) == STORY_OUTCOME


def online(offer: str) -> dict[str, Any]:
    """What a stranger reads."""
    return dict(client_for_token(None).get(f"/api/v1/offers/{offer}/").json())


def proposed(say: dict[str, Caller], offer: str, description: str) -> dict[str, Any]:
    say["supplier_editor"].patch(f"offers/{offer}/", {"description": description})
    return say["supplier_manager"].post(f"offers/{offer}/propose/")


def decide(say: dict[str, Caller], review: str, move: str, **body: str) -> dict[str, Any]:
    """On what was read: the review’s own ETag."""
    curator, path = say["curator"].client, f"/api/v1/version-reviews/{review}/"
    tag = curator.get(path)["ETag"]
    answer = curator.post(f"{path}{move}/", body, format="json", HTTP_IF_MATCH=tag)
    assert answer.status_code == 200, answer.content.decode()[:600]
    return dict(answer.json())


def refused_once(say: dict[str, Caller], cast: Cast, offer: str) -> None:
    first = proposed(say, offer, FIRST)
    assert first["state"] == "pending"
    decide(say, first["id"], "refuse", reason=REFUSAL)
    read = say["supplier_manager"].get(f"version-reviews/{first['id']}/")
    assert (read["state"], read["decision_reason"]) == ("refused", REFUSAL)
    manager = cast["supplier_manager"].user
    assert Notification.objects.filter(user=manager, subject__startswith="Modification refusée").exists()


def raced(say: dict[str, Caller], offer: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """While the curator accepts what was read, the supplier sends the next one. Neither is lost."""
    second = proposed(say, offer, SECOND)
    say["supplier_editor"].patch(f"offers/{offer}/", {"description": THIRD})
    accepted, third = at_once(
        lambda: decide(say, second["id"], "accept"),
        lambda: say["supplier_manager"].post(f"offers/{offer}/propose/"),
    )
    assert (accepted["state"], third["state"]) == ("accepted", "pending")
    shown = online(offer)
    assert (shown["description"], shown["live_version"]) == (SECOND, second["version_proposed"])
    return second, third


def went_on(say: dict[str, Caller], offer: str, *, second: dict[str, Any], third: dict[str, Any]) -> None:
    """The one that came meanwhile is read against what is online now."""
    read = say["curator"].get(f"version-reviews/{third['id']}/")
    assert (read["replaces"], read["also_waiting"]) == (second["version_proposed"], [])
    assert [(c["before"], c["after"]) for c in read["changes"]] == [(SECOND, THIRD)]
    decide(say, third["id"], "accept")
    assert online(offer)["description"] == THIRD


def came_back(say: dict[str, Caller], offer: str, *, number: int) -> None:
    """A new version made from the first one online, by the same road; the history keeps them all."""
    made = say["supplier_editor"].post(f"offers/{offer}/restart/", {"number": number})
    assert online(offer)["description"] == THIRD
    review = say["supplier_manager"].post(f"offers/{offer}/propose/")
    assert review["version_proposed"] == made["draft"]["number"]
    decide(say, review["id"], "accept")
    numbers = Offer.objects.get(uuid=offer).online_versions.values_list("version__number", flat=True)
    assert list(numbers)[-1] == made["draft"]["number"] and number in numbers
