"""Dynamic purchasing systems, pages and API: read by all, answered by the service achats."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.accounts.enums import Role
from procurement.dynamic import admitting
from procurement.dynamic.opening import open_system
from procurement.models import Admission, DynamicSystem
from tests.habits.matrix import api_consultations as rooms
from tests.habits.matrix.api import Kwargs, moves, reading
from tests.habits.matrix.rows import (
    AUDITOR,
    BUYERS,
    EVERYBODY,
    OTHER_BUYER,
    OTHER_SUPPLIER,
    SUPPLIERS,
    Row,
    only,
)
from tests.habits.matrix.world import World

INSIDE = BUYERS | AUDITOR
BUYER = only("purchasing")
APPLIES = only("supplier_manager", OTHER_SUPPLIER)
MANAGER = only("supplier_manager")


@cache
def system(world: World) -> DynamicSystem:
    today = timezone.localdate()
    return open_system(
        actor=rooms.room(world).purchasing,
        title="Hébergement courant",
        reference="SAD-ESSAI",
        description="Des serveurs.",
        criteria="Une référence.",
        starts_on=today - dt.timedelta(days=10),
        ends_on=today + dt.timedelta(days=300),
        notice_sent_on=today - dt.timedelta(days=40),
    )


@cache
def admission(world: World) -> Admission:
    """The world's supplier's, not answered."""
    file = SimpleUploadedFile("dume.txt", "Candidature d’essai.".encode())
    manager = world.actor(Role.SUPPLIER_MANAGER)
    return admitting.ask(system(world), actor=manager, candidacy="dume", not_excluded=True, file=file)


@cache
def admitted(world: World) -> Admission:
    """The other supplier's."""
    file = SimpleUploadedFile("dume.txt", "Candidature d’essai.".encode())
    manager = world.actor(OTHER_SUPPLIER)
    made = admitting.ask(system(world), actor=manager, candidacy="dume", not_excluded=True, file=file)
    return admitting.admit(made, actor=rooms.room(world).purchasing)


def at(world: World) -> dict[str, Any]:
    return {"number": system(world).vehicle.number}


def of(world: World) -> dict[str, Any]:
    return {"uuid": system(world).uuid}


def asked(**more: Any) -> Kwargs:
    return lambda world: {"number": admission(world).number, **more}


def of_asked(world: World) -> dict[str, Any]:
    return {"uuid": admission(world).uuid}


def of_admitted(world: World) -> dict[str, Any]:
    return {"uuid": admitted(world).uuid}


def paper(world: World) -> dict[str, Any]:
    made = admission(world)
    return {"number": made.number, "uuid": made.papers.get().uuid}


PAGES: dict[str, Row] = {
    "GET procurement:dynamic_systems": Row(EVERYBODY),
    "GET procurement:dynamic_system_create": Row(BUYER | only(OTHER_BUYER)),
    "GET procurement:dynamic_system": Row(EVERYBODY, at),
    "GET procurement:dynamic_system_categories": Row(BUYER, at),
    "GET procurement:admission_ask": Row(APPLIES, at),
    "GET procurement:admission": Row(INSIDE | SUPPLIERS, asked()),
    "GET procurement:admission_add_paper": Row(MANAGER, asked()),
    "GET procurement:admission_paper": Row(INSIDE | SUPPLIERS, paper),
    "GET procurement:admission_act": Row(BUYER, asked(words="admettre")),
}
API: dict[str, Row] = {
    **reading("dynamic-system", EVERYBODY, of, lists=EVERYBODY),
    "POST api:dynamic-system-list": Row(BUYER | only(OTHER_BUYER), data=lambda world: {"title": "x"}),
    "POST api:dynamic-system-write-categories": Row(BUYER, of),
    **reading("admission", INSIDE | SUPPLIERS, of_asked),
    "POST api:admission-list": Row(APPLIES, data=lambda world: {"system": "x"}),
    "POST api:admission-extend": Row(BUYER, of_asked),
    "POST api:admission-add-paper": Row(MANAGER, of_asked),
    **moves("admission", "admit", BUYER, of_asked),
    **moves("admission", "refuse", BUYER, of_asked),
    **moves("admission", "withdraw", MANAGER, of_asked),
    **moves("admission", "end", BUYER, of_admitted),
}
ROWS: dict[str, Row] = {**PAGES, **API}
