"""The forms of a publication: what the official format asks, a field by line of `publication.fields`."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import escape

from marketplace.ui.forms import MarketForm
from procurement.models import Contract, PurchasingVehicle
from procurement.publication.enums import MOST_REASON
from procurement.publication.facts import ChangeFacts, Holder
from procurement.publication.fields import BY_NAME, FIELDS, Field, Kind

YES, NO = "yes", "no"
YES_NO = {YES: True, NO: False}
CHOOSE = "Choisissez dans la liste."
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Le marché", ("reference", "object", "nature", "cpv", "framework_id")),
    ("Comment il a été passé", ("procedure", "techniques", "execution_modes", "offers_received")),
    ("Qui le tient", ("holders", "holder_is_person", "grouping", "subcontracting")),
    ("Quand et où", ("notified_on", "duration_months", "place_kind", "place_code")),
    ("Le prix", ("amount_eur_ht", "price_form", "price_types", "advance", "advance_rate")),
    ("Clauses", ("ccag", "innovative", "social", "environmental")),
)


class HoldersField(forms.CharField):
    """One by line, its kind then its identifier. Cleans to a tuple of Holder."""

    widget = forms.Textarea

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return tuple(_holder(line) for line in text.splitlines() if line.strip())

    @staticmethod
    def shown(holders: tuple[Holder, ...]) -> str:
        return "\n".join(f"{each.scheme} {each.identifier}" for each in holders)


def _holder(line: str) -> Holder:
    scheme, _, identifier = line.strip().partition(" ")
    if not identifier.strip():
        raise forms.ValidationError(
            f"« {line.strip()} » : écrivez le type puis l’identifiant, comme SIRET 00000000000000."
        )
    compact = identifier.replace(" ", "") if scheme.upper() in ("SIRET", "TVA") else identifier.strip()
    return Holder(scheme.upper(), compact)


class FigureField(forms.DecimalField):
    """Spaces between thousands are how people write amounts."""

    def to_python(self, value: Any) -> Any:
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


def _text(field: Field, **options: Any) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 3}) if field.kind is Kind.LONG else forms.TextInput()
    return forms.CharField(max_length=field.longest, widget=widget, **options)


def _one(field: Field, **options: Any) -> forms.Field:
    choices = [("", "Choisissez"), *((word, word) for word in field.choices)]
    return forms.ChoiceField(choices=choices, error_messages={"invalid_choice": CHOOSE}, **options)


def _many(field: Field, **options: Any) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=[(word, word) for word in field.choices],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": CHOOSE},
        **options,
    )


def _yes_no(field: Field, **options: Any) -> forms.Field:
    return forms.TypedChoiceField(
        choices=[(YES, "Oui"), (NO, "Non")],
        widget=forms.RadioSelect,
        coerce=YES_NO.get,
        empty_value=None,
        error_messages={"invalid_choice": "Répondez par oui ou non."},
        **options,
    )


def _figure(field: Field, **options: Any) -> forms.Field:
    attrs = {"inputmode": "numeric" if field.kind is Kind.NUMBER else "decimal"}
    if field.kind is Kind.NUMBER:
        said = dict.fromkeys(("invalid", "min_value", "max_value"), "Indiquez un nombre entier, 1 ou plus.")
        return forms.IntegerField(
            min_value=1, max_value=9999, widget=forms.TextInput(attrs=attrs), error_messages=said, **options
        )
    wrong = (
        "Indiquez un taux de 0 à 100." if field.kind is Kind.SHARE else "Indiquez un montant comme 45000,50."
    )
    names = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
    return FigureField(
        min_value=0,
        max_value=100 if field.kind is Kind.SHARE else None,
        max_digits=14,
        decimal_places=2,
        localize=True,
        error_messages=dict.fromkeys(names, wrong),
        widget=forms.TextInput(attrs=attrs),
        **options,
    )


def _day(field: Field, **options: Any) -> forms.Field:
    return forms.DateField(widget=forms.DateInput, **options)


def _holders(field: Field, **options: Any) -> forms.Field:
    return HoldersField(max_length=field.longest, widget=forms.Textarea(attrs={"rows": 2}), **options)


MADE = {
    Kind.TEXT: _text,
    Kind.LONG: _text,
    Kind.ONE: _one,
    Kind.MANY: _many,
    Kind.YES_NO: _yes_no,
    Kind.NUMBER: _figure,
    Kind.SHARE: _figure,
    Kind.AMOUNT: _figure,
    Kind.DAY: _day,
    Kind.HOLDERS: _holders,
}


def field_for(field: Field, **more: Any) -> forms.Field:
    options = {"label": field.label, "help_text": field.help, "required": field.required, **more}
    return MADE[field.kind](field, **options)


class AnswersForm(MarketForm):
    """A draft is kept incomplete; a field not marked « facultatif » is asked before the review."""

    body_template = "procurement/publications/_form_body.html"

    def __init__(self, *args: Any, held: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, where in (held or {}).items():
            # The bound field was made, with its hint, when the form was dressed.
            self[name].help_text = f"{self[name].help_text} Repris\u00a0: {escape(where)}.".strip()

    def full_clean(self) -> None:
        """An empty answer is an unknown one, not a fault."""
        asked = [field for field in self.fields.values() if field.required]
        for field in asked:
            field.required = False
        super().full_clean()
        for field in asked:
            field.required = True

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in SECTIONS]

    def values(self) -> dict[str, Any]:
        """All the answers of the form; call after is_valid()."""
        said = dict(self.cleaned_data)
        if said.get("advance_rate") is not None:
            said["advance_rate"] = said["advance_rate"] / Decimal(100)
        return said

    @staticmethod
    def shown(told: Mapping[str, Any]) -> dict[str, Any]:
        """Facts as the fields show them."""
        shown = dict(told)
        for name, value in told.items():
            kind = BY_NAME[name].kind
            if kind is Kind.YES_NO:
                shown[name] = YES if value else NO
            elif kind is Kind.HOLDERS:
                shown[name] = HoldersField.shown(value)
            elif kind is Kind.SHARE:
                shown[name] = (value * 100).normalize()
        return shown


for _each in FIELDS:
    AnswersForm.base_fields[_each.name] = field_for(_each)


class AttestForm(MarketForm):
    attested = forms.BooleanField(
        label="J’ai relu : rien n’y est secret, aucun nom de personne, aucune coordonnée.",
        required=False,
    )


class ElsewhereForm(MarketForm):
    where = forms.CharField(
        label="Où", help_text="Par exemple votre profil d’acheteur ou data.gouv.fr.", max_length=200
    )
    published_on = forms.DateField(label="Publié le", widget=forms.DateInput)


class DropForm(MarketForm):
    reason = forms.CharField(
        label="Pourquoi ne pas publier", max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 4})
    )


class ModifyForm(MarketForm):
    """What changed; the rest stays as published."""

    notified_on = forms.DateField(
        label="Date de notification de la modification",
        help_text="Le jour où le titulaire l’a reçue.",
        widget=forms.DateInput,
    )
    duration_months = field_for(
        BY_NAME["duration_months"], label="Nouvelle durée, en mois", required=False, help_text="Durée totale."
    )
    amount_eur_ht = field_for(
        BY_NAME["amount_eur_ht"], label="Nouveau montant, en euros HT", required=False, help_text="Total."
    )
    holders = field_for(BY_NAME["holders"], label="Nouveaux titulaires", required=False)
    holder_is_person = field_for(BY_NAME["holder_is_person"], required=False)
    rationale = forms.CharField(
        label="Motif",
        help_text="Ce texte sera public.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    attested = AttestForm.base_fields["attested"]

    def change(self) -> ChangeFacts:
        """Call after is_valid()."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "attested"}
        return ChangeFacts(**{**said, "holders": said.get("holders") or ()})


class SourceForm(MarketForm):
    """What to publish: a contract ordered without a vehicle, or a contract of one's own kept as a vehicle."""

    source = forms.ChoiceField(
        label="Marché à publier",
        error_messages={"invalid_choice": CHOOSE, "required": CHOOSE},
        widget=forms.RadioSelect,
    )
    own = forms.BooleanField(
        label="Notre administration a passé elle-même cet accord-cadre.",
        help_text="À cocher pour un accord-cadre seulement.",
        required=False,
    )

    def __init__(
        self, *args: Any, contracts: list[Contract], vehicles: list[PurchasingVehicle], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.number, f"Contrat {one.number}, {one.offer.name}") for one in contracts]
        choices += [(one.number, f"{one.get_kind_display()} {one}") for one in vehicles]
        self.fields["source"].choices = choices
