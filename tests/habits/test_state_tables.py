"""Every move of every model from every state: it moves, or it is refused and nothing is written.

The row is made without its relations and rules (triggers off, checks dropped, all in the test's
transaction): what is tried here is the table and `Stateful.perform`, not what each move adds to it.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from marketplace.accounts.actors import system_actor
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, VersionStale
from marketplace.workflow import Stateful

pytestmark = pytest.mark.django_db
NUMBER = 987_654_321


def stateful_models() -> list[type[Stateful]]:
    return [model for model in apps.get_models() if issubclass(model, Stateful)]


def states_of(model: type[Stateful]) -> list[str]:
    in_table = {state for move in model.MOVES.values() for state in {*move.sources, move.target}}
    return sorted(in_table | {str(value) for value, _ in model._meta.get_field("state").flatchoices})


@pytest.fixture(autouse=True)
def _table_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Journal lines are written; the organisations they concern are asked of relations that are not there."""
    monkeypatch.setattr("marketplace.audit.journal._concerned", lambda *_: [])


@pytest.fixture
def bare() -> Any:
    def make(model: type[Stateful], state: str) -> Any:
        drop_checks(model)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        row = model(**{field.attname: dummy(field) for field in model._meta.concrete_fields if needed(field)})
        row.state = state
        models.Model.save(row, force_insert=True)
        return row

    return make


def drop_checks(model: type[models.Model]) -> None:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')


def needed(field: models.Field[Any, Any]) -> bool:
    return not (field.primary_key or field.null or field.has_default() or field.has_db_default())


def dummy(field: models.Field[Any, Any]) -> Any:
    if isinstance(field, models.ForeignKey | models.IntegerField | models.PositiveIntegerField):
        return NUMBER
    values: list[tuple[type, Any]] = [
        (models.UUIDField, uuid.uuid4()),
        (models.DecimalField, Decimal(1)),
        (models.DateTimeField, dt.datetime(2026, 1, 5, tzinfo=dt.UTC)),
        (models.DateField, dt.date(2026, 1, 5)),
        (models.BooleanField, False),
        (models.JSONField, {}),
    ]
    return next((value for kind, value in values if isinstance(field, kind)), "x")


def test_there_are_tables_and_each_names_real_states() -> None:
    assert stateful_models()
    for model in stateful_models():
        choices = {str(value) for value, _ in model._meta.get_field("state").flatchoices}
        assert model.MOVES, f"{model.__name__} has no moves"
        assert choices, f"{model.__name__}.state has no choices: a state without a French word"
        for move in model.MOVES.values():
            assert move.sources, f"{model.__name__}.{move.name} starts nowhere"
            assert {*move.sources, move.target} <= choices, f"{model.__name__}.{move.name}"
            assert move.label, f"{model.__name__}.{move.name} has no French label"


def test_every_move_has_its_method() -> None:
    """No line of the table is dead: a method of its name, or a call that names it."""
    missing = [
        f"{model.__name__}.{name}"
        for model in stateful_models()
        for name in model.MOVES
        if not called_somewhere(name)
    ]
    assert not missing


def called_somewhere(move: str) -> bool:
    from tests.habits.sources import ROOT, product_files

    needles = (f'("{move}"', f"def {move}(")
    return any(needle in (ROOT / path).read_text() for path in product_files() for needle in needles)


def pairs() -> list[Any]:
    return [
        pytest.param(model, name, id=f"{model._meta.label_lower}-{name}")
        for model in stateful_models()
        for name in model.MOVES
    ]


@pytest.mark.parametrize(("model", "name"), pairs())
def test_the_move_from_every_state(bare: Any, model: type[Stateful], name: str) -> None:
    row = bare(model, states_of(model)[0])
    move = model.MOVES[name]
    for state in states_of(model):
        version = row.version
        model._base_manager.filter(pk=row.pk).update(state=state)
        row.refresh_from_db()
        before = AuditEvent.objects.count()
        if state in move.sources:
            perform(row, name)
            assert (row.state, row.version) == (move.target, version + 1), state
            line = AuditEvent.objects.order_by("-pk")[0]
            assert (line.what, line.from_state, line.to_state) == (name, state, move.target)
        else:
            with pytest.raises(MoveRefused):
                perform(row, name)
            row.refresh_from_db()
            assert (row.state, row.version, AuditEvent.objects.count()) == (state, version, before), state


@pytest.mark.parametrize("model", [pytest.param(m, id=m._meta.label_lower) for m in stateful_models()])
def test_a_stale_version_moves_nothing(bare: Any, model: type[Stateful]) -> None:
    move = next(iter(model.MOVES.values()))
    row = bare(model, min(move.sources))
    with pytest.raises(VersionStale):
        Stateful.perform(row, move.name, actor=system_actor("test"), expected_version=row.version + 1)
    row.refresh_from_db()
    assert row.state == min(move.sources)


def perform(row: Stateful, name: str) -> None:
    """The one way, without what a model's own `perform` adds."""
    Stateful.perform(row, name, actor=system_actor("test"))
