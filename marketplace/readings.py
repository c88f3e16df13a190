"""Lists of several rooms read side by side: one statement a round, whatever their number.

A reading is a generator: it yields the querysets it needs now, is sent their rows, and returns what it made
of them. Readings that know nothing of each other advance together, so that a page made of thirty lists
costs as many statements as its longest reading has rounds:

    def names(actor) -> Reading[list[str]]:
        (orders,) = yield [Order.objects.visible_to(actor)]
        return [order.number for order in orders]

    names_and_more = read(together([names(actor), others(actor)]))
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar, cast

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import JSONField, Model, Prefetch, QuerySet
from django.db.models.fields.reverse_related import ManyToOneRel

T = TypeVar("T")
# The rank is the order of the inner statement.
PART = "SELECT {part} AS part, row_number() OVER () AS rank, to_json(told)::text FROM ({sql}) AS told"
Reading = Generator[Sequence[QuerySet[Any, Any]], Sequence[list[Any]], T]


def read(reading: Reading[T]) -> T:
    """What the reading returns. One statement a round."""
    try:
        asked = next(reading)
        while True:
            asked = reading.send(rows_of(asked))
    except StopIteration as end:
        result: T = end.value
        return result


def together(readings: Iterable[Reading[T]]) -> Reading[list[T]]:
    """One reading of several: each round asks for all that they ask. Their results, in their order."""
    started = list(readings)
    results: dict[int, T] = {}
    sent: dict[int, Any] = dict.fromkeys(range(len(started)))
    while sent:
        asked = {}
        for rank, answer in sent.items():
            try:
                asked[rank] = started[rank].send(answer)
            except StopIteration as end:
                results[rank] = end.value
        if not asked:
            break
        answers = iter((yield [rows for each in asked.values() for rows in each]))
        sent = {rank: [next(answers) for _ in each] for rank, each in asked.items()}
    return [results[rank] for rank in range(len(started))]


def listed(rows: QuerySet[Any, Any]) -> Reading[list[Any]]:
    """The rows of one queryset; what it prefetches is read in a second round, for all rows at once.

    Raises TypeError on a prefetch that is not the far side of a foreign key.
    """
    (found,) = yield [rows.prefetch_related(None)]
    lookups: Sequence[Any] = cast(Any, rows)._prefetch_related_lookups  # has no public name
    if not found or not lookups:
        return found
    joined = [_joined(rows.model, lookup) for lookup in lookups]
    parts = yield [others.filter(**{f"{key}__in": [row.pk for row in found]}) for _, key, others in joined]
    for (name, key, _), others in zip(joined, parts, strict=True):
        _attach(found, name, key, others)
    return found


def _joined(model: type[Model], lookup: str | Prefetch) -> tuple[str, str, QuerySet[Any]]:
    """The name of the far side, its foreign key, and its rows."""
    name = lookup.prefetch_to if isinstance(lookup, Prefetch) else lookup
    relation = next((one for one in model._meta.related_objects if one.get_accessor_name() == name), None)
    if not isinstance(relation, ManyToOneRel):
        raise TypeError(f"{model.__name__}.{name} is not the far side of a foreign key")
    given = lookup.queryset if isinstance(lookup, Prefetch) else None
    if given is None:
        given = relation.related_model._default_manager.all()
    return name, relation.field.attname, given


def _attach(found: Iterable[Model], name: str, key: str, others: Iterable[Any]) -> None:
    by_row = defaultdict(list)
    for other in others:
        by_row[getattr(other, key)].append(other)
    for row in found:
        kept = getattr(row, name).get_queryset()
        kept._result_cache, kept._prefetch_done = by_row[row.pk], True
        row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = kept


def rows_of(querysets: Sequence[QuerySet[Any, Any]]) -> list[list[Any]]:
    """The rows of each queryset, in its own order. One statement for all of them, none when nothing can
    match. Each keeps its joins, annotations and limits; a prefetch costs its usual statements."""
    compiled = [_Compiled(rows) for rows in querysets]
    told: list[list[list[Any]]] = [[] for _ in querysets]
    parts = [PART.format(part=rank, sql=one.sql) for rank, one in enumerate(compiled) if one.sql]
    if parts:
        params = [param for one in compiled for param in one.params]
        with connection.cursor() as cursor:
            cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY 1, 2", params)
            for part, _, text in cursor.fetchall():
                told[part].append(list(json.loads(text, parse_float=Decimal).values()))
    return [
        one.rows(queryset, raw) if one.sql else []
        for one, queryset, raw in zip(compiled, querysets, told, strict=True)
    ]


class _Compiled:
    """One queryset's statement, each column under a name of its own. ``sql`` empty: nothing can match."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        self.compiler = queryset.query.clone().get_compiler(queryset.db)
        try:
            self.sql, self.params = self.compiler.as_sql(with_col_aliases=True)
        except EmptyResultSet:
            self.sql, self.params = "", ()

    def rows(self, queryset: QuerySet[Any, Any], told: list[list[Any]]) -> list[Any]:
        """What iterating over the queryset would have given."""
        loads = [_loader(column.output_field) for column, _, _ in self.compiler.select]
        loaded = [
            # A distinct statement also selects what it is ordered by, last.
            tuple(None if value is None else load(value) for load, value in zip(loads, row, strict=False))
            for row in told
        ]
        compiler = self.compiler
        compiler.execute_sql = lambda *_, **__: loaded
        compiler.results_iter = lambda *_, **__: iter(loaded)
        answered = queryset.all()
        # A copy that is read here and dropped: no queryset made from it would ask again.
        cast(Any, answered.query).get_compiler = lambda *_, **__: compiler
        return list(answered)


def _loader(field: Any) -> Callable[[Any], Any]:
    """From PostgreSQL's JSON to what the field holds."""
    if isinstance(field, JSONField):
        return _with_floats
    if isinstance(field, ArrayField):
        each = _loader(field.base_field)
        return lambda values: [None if value is None else each(value) for value in values]
    if field.get_internal_type() == "BinaryField":
        return lambda text: bytes.fromhex(text.removeprefix("\\x"))
    own: Callable[[Any], Any] = field.to_python
    return own


def _with_floats(value: Any) -> Any:
    """JSON inside JSON: its numbers are Python's, as when the field is read alone."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _with_floats(each) for key, each in value.items()}
    return [_with_floats(each) for each in value] if isinstance(value, list) else value
