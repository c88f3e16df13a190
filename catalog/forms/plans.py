"""Plans and price lines as repeated rows, without script: « Ajouter une ligne » is a submit button."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django import forms

from catalog.actions.authoring import MAX_LINES, MAX_PLANS, LineInput, PlanInput
from catalog.enums import PriceKind, PricePeriod
from catalog.models import Plan
from marketplace.ui.forms import MarketForm
from marketplace.ui.typography import euros


class PlanForm(MarketForm):
    name = forms.CharField(label="Nom de la formule", max_length=120)
    description = forms.CharField(label="Ce qu’elle comprend", max_length=500, required=False)
    remove = forms.BooleanField(label="Retirer cette formule", required=False)


class LineForm(MarketForm):
    label = forms.CharField(label="Ligne de prix", max_length=160)
    kind = forms.ChoiceField(label="Nature", choices=PriceKind.choices)
    amount_eur_ht = forms.DecimalField(
        label="Prix en euros HT",
        max_digits=18,
        decimal_places=6,
        min_value=0,
        localize=True,
        error_messages={"min_value": "Un prix ne peut pas être négatif. Écrivez 0 ou plus."},
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    unit = forms.CharField(label="Unité", max_length=60, required=False)
    period = forms.ChoiceField(label="Durée", choices=PricePeriod.choices)
    remove = forms.BooleanField(label="Retirer cette ligne", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, unit = cleaned.get("kind"), cleaned.get("unit")
        if kind == PriceKind.UNIT and not unit:
            self.add_error("unit", "Nommez l’unité, par exemple « poste ».")
        if kind == PriceKind.ONE_OFF:
            cleaned["period"] = PricePeriod.NONE.value
        return cleaned


@dataclass(slots=True)
class PlanRows:
    key: str
    plan: PlanForm
    lines: list[LineForm]


class PlansForm:
    """Several PlanForms with their LineForms, read from one POST. `rows` is what the page prints.

    `base` says which plans the person was shown.
    """

    def __init__(self, data: Mapping[str, Any] | None = None, *, plans: Sequence[Plan] = ()) -> None:
        self.data = data
        self.stored = [_stored(plan) for plan in plans]
        self.base = digest(self.stored) if data is None else str(data.get("base", ""))
        self.rows = (
            self._from_post(data) if data is not None else [self._of(i, p) for i, p in enumerate(plans)]
        )
        if data is None and not self.rows:
            self.rows = [PlanRows("p0", PlanForm(prefix="p0"), [LineForm(prefix="p0-l0")])]

    @property
    def forms(self) -> list[MarketForm]:
        return [form for row in self.rows for form in (row.plan, *row.lines)]

    @staticmethod
    def _of(index: int, plan: Plan) -> PlanRows:
        key = f"p{index}"
        lines = [
            LineForm(
                prefix=f"{key}-l{number}",
                initial={
                    "label": line.label,
                    "kind": line.kind,
                    "amount_eur_ht": line.amount_eur_ht.normalize(),
                    "unit": line.unit,
                    "period": line.period,
                },
            )
            for number, line in enumerate(plan.lines.all())
        ]
        return PlanRows(
            key, PlanForm(prefix=key, initial={"name": plan.name, "description": plan.description}), lines
        )

    def _from_post(self, data: Mapping[str, Any]) -> list[PlanRows]:
        rows = []
        for index in range(_count(data, "plans", most=MAX_PLANS)):
            key = f"p{index}"
            count = _count(data, f"{key}-lines", most=MAX_LINES)
            lines = [LineForm(data, prefix=f"{key}-l{number}") for number in range(count)]
            rows.append(PlanRows(key, PlanForm(data, prefix=key), lines))
        return rows

    def add(self, what: str) -> None:
        """« plan », or the key of the plan that gets one more line. Nothing typed is lost."""
        if what == "plan" and len(self.rows) < MAX_PLANS:
            key = f"p{len(self.rows)}"
            self.rows.append(PlanRows(key, PlanForm(prefix=key), [LineForm(prefix=f"{key}-l0")]))
        for row in self.rows:
            if row.key == what and len(row.lines) < MAX_LINES:
                row.lines.append(LineForm(prefix=f"{row.key}-l{len(row.lines)}"))

    def unbind(self) -> None:
        """Show what was typed without judging it yet."""
        for row in self.rows:
            row.plan = _unbound(row.plan, PlanForm)
            row.lines = [_unbound(line, LineForm) for line in row.lines]

    def is_stale(self) -> bool:
        """Somebody saved the plans after the person was shown them."""
        return self.base != digest(self.stored)

    def conflicts(self) -> list[tuple[str, str, str]]:
        """(what, saved, typed). From then on the person knows what is saved: sending again keeps theirs.

        Call after is_valid().
        """
        self.base = digest(self.stored)
        return [("Formules et prix", in_words(self.stored), in_words(self.plans()))]

    def is_valid(self) -> bool:
        judged = [form.is_valid() for form in self._kept()]
        return all(judged)

    def _kept(self) -> list[MarketForm]:
        kept: list[MarketForm] = []
        for row in self.rows:
            if not _is_ticked(row.plan):
                kept += [row.plan, *(line for line in row.lines if not _is_ticked(line))]
        return kept

    def plans(self) -> list[PlanInput]:
        """Call after is_valid()."""
        return [
            PlanInput(
                name=row.plan.cleaned_data["name"],
                description=row.plan.cleaned_data["description"],
                lines=tuple(self._line(line) for line in row.lines if not _is_ticked(line)),
            )
            for row in self.rows
            if not _is_ticked(row.plan)
        ]

    @staticmethod
    def _line(form: LineForm) -> LineInput:
        said = form.cleaned_data
        return LineInput(
            label=said["label"],
            kind=said["kind"],
            period=said["period"],
            amount_eur_ht=said["amount_eur_ht"],
            unit=said["unit"],
        )


def _stored(plan: Plan) -> PlanInput:
    lines = tuple(
        LineInput(
            label=line.label,
            kind=line.kind,
            period=line.period,
            amount_eur_ht=line.amount_eur_ht,
            unit=line.unit,
        )
        for line in plan.lines.all()
    )
    return PlanInput(plan.name, plan.description, lines)


def digest(plans: Sequence[PlanInput]) -> str:
    said = json.dumps([asdict(plan) for plan in plans], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def in_words(plans: Sequence[PlanInput]) -> str:
    """One line a price; empty when there is none."""
    return "\n".join(
        " – ".join(
            [plan.name, line.label, euros(line.amount_eur_ht, tax="HT", unit_price=True), *_unit(line)]
        )
        for plan in plans
        for line in plan.lines
    )


def _unit(line: LineInput) -> list[str]:
    return [text for text in (line.unit, PricePeriod(line.period).label) if text]


def _is_ticked(form: MarketForm) -> bool:
    return bool(form.data.get(form.add_prefix("remove")))


def _count(data: Mapping[str, Any], name: str, *, most: int) -> int:
    text = str(data.get(name, "0"))
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def _unbound(form: Any, kind: type[Any]) -> Any:
    if not form.is_bound:
        return form
    typed = {name: form.data.get(form.add_prefix(name), "") for name in form.fields}
    return kind(prefix=form.prefix, initial=typed)
