"""Plans and price lines as repeated rows, without script: « Ajouter une ligne » is a submit button."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from catalog.actions.authoring import MAX_LINES, MAX_PLANS, LineInput, PlanInput
from catalog.enums import UNTIMED_KINDS, Meter, PriceKind, PricePeriod, Prorata, TierMode
from catalog.models import Plan, PriceLine
from catalog.prices.components import Tier, step_fault, tier_faults
from catalog.prices.proration import prorata_fault
from catalog.prices.words import conditions
from marketplace.ui.forms import MarketForm
from marketplace.ui.typography import euros


def _number(*, digits: int, decimals: int, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        max_digits=digits,
        decimal_places=decimals,
        min_value=0,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        **options,
    )


class TiersField(forms.CharField):
    """« 100 : 8,50 » a line, to pairs of Decimals. Its initial value may be such pairs."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return "\n".join(f"{plain_number(above)} : {plain_number(amount)}" for above, amount in value)

    def clean(self, value: Any) -> Any:
        """Raises ValidationError naming the first line that is not a tier."""
        text = super().clean(value)
        return tuple(_tier(line) for line in text.splitlines() if line.strip())


def _tier(line: str) -> tuple[Decimal, Decimal]:
    above, _, amount = line.partition(":")
    try:
        return _decimal(above, digits=14), _decimal(amount, digits=18)
    except (InvalidOperation, ValueError):
        raise forms.ValidationError(
            "« %(line)s » n’est pas un palier. Écrivez une quantité, deux-points, un prix : « 100 : 8,50 ».",
            code="tier",
            params={"line": line.strip()[:60]},
        ) from None


def _decimal(text: str, *, digits: int) -> Decimal:
    plain = "".join(text.split()).replace(",", ".").removesuffix("€")
    number = Decimal(plain)
    if not number.is_finite() or number.adjusted() >= digits - 6 or number != round(number, 6):
        raise ValueError(text)
    return number


def plain_number(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")


class PlanForm(MarketForm):
    name = forms.CharField(label="Nom de la formule", max_length=120)
    description = forms.CharField(label="Ce qu’elle comprend", max_length=500, required=False)
    commitment_months = forms.IntegerField(
        label="Engagement minimal, en mois",
        help_text="0 si l’administration peut partir à tout moment.",
        min_value=0,
        max_value=120,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    remove = forms.BooleanField(label="Retirer cette formule", required=False)


class LineForm(MarketForm):
    label = forms.CharField(label="Ligne de prix", max_length=160)
    kind = forms.ChoiceField(label="Nature", choices=PriceKind.choices)
    amount_eur_ht = _number(
        label="Prix en euros HT",
        digits=18,
        decimals=6,
        error_messages={"min_value": "Un prix ne peut pas être négatif. Écrivez 0 ou plus."},
    )
    unit = forms.CharField(label="Unité", max_length=60, required=False)
    period = forms.ChoiceField(label="Durée", choices=PricePeriod.choices)
    meter = forms.ChoiceField(
        label="Ce que la ligne mesure",
        help_text="Sert à calculer le coût d’un usage.",
        choices=Meter.choices,
        required=False,
    )
    included_quantity = _number(
        label="Volume compris",
        help_text="Par période, sans supplément.",
        digits=14,
        decimals=3,
        required=False,
    )
    minimum_quantity = _number(
        label="Quantité minimale facturée", help_text="Par période.", digits=14, decimals=3, required=False
    )
    tiers = TiersField(
        label="Paliers",
        help_text="Un par ligne : la quantité au-delà de laquelle il s’applique, deux-points, le prix. "
        "Par exemple « 100 : 8,50 ».",
        required=False,
    )
    tier_mode = forms.ChoiceField(label="Effet des paliers", choices=TierMode.choices, required=False)
    next_amount_eur_ht = _number(label="Prix annoncé, en euros HT", digits=18, decimals=6, required=False)
    next_from = forms.DateField(label="Prix annoncé à partir du", required=False)
    prorata = forms.ChoiceField(
        label="Période utilisée en partie",
        help_text="Ce qui est dû d’un mois ou d’une année entamés. Les jours sont ceux de cette période.",
        choices=Prorata.choices,
        required=False,
    )
    usage_step = _number(
        label="Usage arrondi au multiple supérieur de",
        help_text="1 : toute unité entamée est due. Vide : l’usage est compté tel quel.",
        digits=14,
        decimals=3,
        required=False,
    )
    remove = forms.BooleanField(label="Retirer cette ligne", required=False)

    MAIN = ("label", "kind", "amount_eur_ht", "unit", "period")
    MORE = (
        "meter",
        "prorata",
        "usage_step",
        "included_quantity",
        "minimum_quantity",
        "tier_mode",
        "next_amount_eur_ht",
        "next_from",
        "tiers",
    )

    @property
    def main(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MAIN]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def is_detailed(self) -> bool:
        """Something beyond the plain price is given, or refused: the details are shown open."""
        plain = {"", "0", Meter.OTHER.value, TierMode.GRADUATED.value, Prorata.NONE.value}
        return any(str(field.value() or "") not in plain or field.errors for field in self.more)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, unit = cleaned.get("kind"), cleaned.get("unit")
        if kind == PriceKind.UNIT and not unit:
            self.add_error("unit", "Nommez l’unité, par exemple « poste ».")
        if kind in UNTIMED_KINDS:
            cleaned["period"] = PricePeriod.NONE.value
        self._clean_announced(cleaned)
        tiers = [Tier(above, amount) for above, amount in cleaned.get("tiers") or ()]
        if fault := tier_faults(tiers, included=cleaned.get("included_quantity") or Decimal(0)):
            self.add_error("tiers", fault)
        if fault := prorata_fault(cleaned.get("prorata") or Prorata.NONE, period=cleaned.get("period") or ""):
            self.add_error("prorata", fault)
        if fault := step_fault(cleaned.get("usage_step") or Decimal(0), kind=kind or ""):
            self.add_error("usage_step", fault)
        return cleaned

    def _clean_announced(self, cleaned: Mapping[str, Any]) -> None:
        amount, day = cleaned.get("next_amount_eur_ht"), cleaned.get("next_from")
        if amount is not None and day is None and "next_from" not in self.errors:
            self.add_error("next_from", "Dites à partir de quel jour ce prix s’applique.")
        if day is not None and amount is None and "next_amount_eur_ht" not in self.errors:
            self.add_error("next_amount_eur_ht", "Dites quel prix s’applique à partir de ce jour.")

    def line_input(self) -> LineInput:
        """Call after is_valid()."""
        said = self.cleaned_data
        zero = Decimal(0)
        return LineInput(
            label=said["label"],
            kind=said["kind"],
            period=said["period"],
            amount_eur_ht=said["amount_eur_ht"],
            unit=said["unit"],
            meter=said["meter"] or Meter.OTHER.value,
            included_quantity=said["included_quantity"] or zero,
            minimum_quantity=said["minimum_quantity"] or zero,
            tier_mode=said["tier_mode"] or TierMode.GRADUATED.value,
            tiers=said["tiers"],
            next_amount_eur_ht=said["next_amount_eur_ht"],
            next_from=said["next_from"],
            prorata=said["prorata"] or Prorata.NONE.value,
            usage_step=said["usage_step"] or zero,
        )


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
            LineForm(prefix=f"{key}-l{number}", initial=_initial(LineInput.of(line)))
            for number, line in enumerate(plan.lines.all())
        ]
        said = {name: getattr(plan, name) for name in ("name", "description", "commitment_months")}
        return PlanRows(key, PlanForm(prefix=key, initial=said), lines)

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
                lines=tuple(line.line_input() for line in row.lines if not _is_ticked(line)),
                commitment_months=row.plan.cleaned_data["commitment_months"] or 0,
            )
            for row in self.rows
            if not _is_ticked(row.plan)
        ]


def _stored(plan: Plan) -> PlanInput:
    lines = tuple(LineInput.of(line) for line in plan.lines.all())
    return PlanInput(plan.name, plan.description, lines, plan.commitment_months)


def _initial(line: LineInput) -> dict[str, Any]:
    """Zeros that say nothing are left blank; decimals lose the zeros their columns add."""
    said = {field.name: getattr(line, field.name) for field in fields(line)}
    for name, value in said.items():
        if isinstance(value, Decimal):
            said[name] = value.normalize() if value or name == "amount_eur_ht" else None
    return said


def digest(plans: Sequence[PlanInput]) -> str:
    said = json.dumps([asdict(plan) for plan in plans], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def in_words(plans: Sequence[PlanInput]) -> str:
    """One line a price, with its conditions; empty when there is none."""
    return "\n".join(_in_words(plan, line) for plan in plans for line in plan.lines)


def _in_words(plan: PlanInput, line: LineInput) -> str:
    price = euros(line.amount_eur_ht, tax="HT", unit_price=True)
    said = conditions(PriceLine(**line.columns()).component)
    return " – ".join([plan.name, line.label, price, *_unit(line), *said])


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
