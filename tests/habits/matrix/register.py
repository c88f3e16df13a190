"""The register of contracts: who follows them, one's calendar, its secret address."""

from __future__ import annotations

from typing import Any

from procurement.models import CalendarLink
from procurement.register.links import open_link
from tests.habits.matrix.api import BUYERS, HOLDERS, OTHER_BUYER, reading
from tests.habits.matrix.rows import EVERYBODY, SIGNED_IN, Row, only
from tests.habits.matrix.world import World


def opened(world: World) -> tuple[CalendarLink, str]:
    """The requester's, made when first asked."""
    if "a_calendar_link" not in world.__dict__:
        world.__dict__["a_calendar_link"] = open_link(actor=world.actor("requester"))
    found: tuple[CalendarLink, str] = world.__dict__["a_calendar_link"]
    return found


def link(world: World) -> dict[str, Any]:
    return {"uuid": opened(world)[0].uuid}


def secret(world: World) -> dict[str, Any]:
    return {"secret": opened(world)[1].rpartition("/")[2].removesuffix(".ics")}


def none(world: World) -> dict[str, Any]:
    opened(world)
    return {}


ROWS: dict[str, Row] = {
    "GET procurement:contract_owners": Row(HOLDERS, lambda world: {"number": world.contract.number}),
    "POST api:contract-owners": Row(HOLDERS, lambda world: {"uuid": world.contract.uuid}),
    "GET procurement:calendar_links": Row(BUYERS | only(OTHER_BUYER)),
    "GET procurement:calendar_revoke": Row(only("requester"), none),
    "GET procurement:calendar": Row(EVERYBODY, secret),
    **reading("calendar-link", only("requester"), link, lists=SIGNED_IN),
    "POST api:calendar-link-list": Row(BUYERS | only(OTHER_BUYER)),
    "POST api:calendar-link-revoke": Row(only("requester"), link),
}
