"""What people type in the programmes. Rules belong to the actions; their refusals come back on the fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from catalog.models import Offer
from qualification.forms import RuledForm, VersionedForm
from qualification.programmes.enums import Milestone
from qualification.programmes.facts import programmes
from qualification.programmes.quarters import Quarter

MOST_EUR = Decimal("999999999999.99")
MINUTE = "%Y-%m-%dT%H:%M"


def text_field(
    label: str, *, help_text: str = "", length: int = 4000, required: bool = True, rows: int = 6
) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=length,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def amount_field(label: str, *, help_text: str = "Vide : non connu.") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=Decimal(0),
        max_value=MOST_EUR,
        decimal_places=2,
        localize=True,
        error_messages={"invalid": "Donnez un montant en euros, par exemple 12500,50."},
    )


def minute_field(label: str, *, help_text: str = "À la minute, heure de Paris.") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE),
        input_formats=[MINUTE, "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Donnez une date et une heure, par exemple 14/05/2027 12:00."},
    )


class CallForm(RuledForm):
    programme = forms.ChoiceField(label="Programme", choices=())
    title = forms.CharField(label="Titre de l’appel", max_length=160)
    opens_at = minute_field("Ouverture")
    closes_at = minute_field(
        "Clôture", help_text="À la minute, heure de Paris. Cette minute-là est déjà trop tard."
    )
    source = forms.CharField(
        label="Source", help_text="Le texte officiel qui fixe ces dates, avec sa date.", max_length=300
    )
    source_url = forms.URLField(
        label="Adresse de la source", required=False, max_length=500, assume_scheme="https"
    )
    description = text_field("Ce qui est attendu", length=5000, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(one.code, one.name) for one in programmes().values()]
        self.fields["programme"].choices = choices


class PostponeForm(VersionedForm):
    closes_at = minute_field("Nouvelle clôture")
    reason = text_field("Motif", help_text="Tous les candidats le liront.", length=2000, rows=4)


class CancelForm(VersionedForm):
    reason = text_field("Motif", help_text="Tous les candidats le liront.", length=2000, rows=4)


class PickOfferForm(RuledForm):
    offer = forms.ModelChoiceField(
        label="Offre",
        queryset=Offer.objects.none(),
        to_field_name="number",
        empty_label="Choisissez une offre",
    )

    def __init__(self, *args: Any, offers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["offer"].queryset = offers


class DraftForm(VersionedForm):
    """Nothing is required here: what is missing is asked when it is sent."""

    summary = text_field(
        "Le projet", help_text="Repris de l’offre, à compléter.", length=5000, required=False
    )
    work_plan = text_field(
        "Étapes et calendrier",
        help_text="Ce que vous ferez pour atteindre J0, puis J1, J2 et J3.",
        length=5000,
        required=False,
    )
    difficulties = text_field("Difficultés prévues", length=3000, required=False, rows=4)
    contact_email = forms.EmailField(label="Adresse de contact", required=False, max_length=200)
    planned_months = forms.IntegerField(
        label="Durée que vous prévoyez, en mois",
        help_text="Vide : non connue.",
        required=False,
        min_value=1,
        max_value=120,
    )
    planned_cost_eur_ht = amount_field("Coût que vous prévoyez, en euros hors taxes")
    shares_evidence = forms.BooleanField(
        label="J’accepte d’échanger des preuves avec les fournisseurs bâtis sur les mêmes socles",
        help_text="Ils verront votre adresse de contact.",
        required=False,
    )


class OutcomeForm(VersionedForm):
    decided_on = forms.DateField(label="Date du choix de l’opérateur", widget=forms.DateInput)
    decision_reference = forms.CharField(label="Référence de sa lettre", max_length=120)
    reason = text_field("Ce que la lettre dit", length=2000, required=False, rows=4)


class SelectedForm(OutcomeForm):
    awarded_eur = amount_field(
        "Aide annoncée par l’opérateur, en euros",
        help_text="Vide : la lettre ne la dit pas. La place de marché ne verse rien.",
    )


class WithdrawForm(VersionedForm):
    reason = text_field("Motif", length=2000, rows=4)


class MilestoneForm(VersionedForm):
    code = forms.ChoiceField(label="Jalon", choices=Milestone.choices)
    reached_on = forms.DateField(label="Atteint le", widget=forms.DateInput)
    reference = forms.CharField(
        label="Acte de l’ANSSI", help_text="Référence de son courrier ou de sa décision.", max_length=200
    )
    note = forms.CharField(label="Remarque", max_length=500, required=False)


class ReportForm(VersionedForm):
    period = forms.ChoiceField(label="Trimestre", choices=())
    done = text_field("Ce qui a été fait")
    next_steps = text_field("Ce qui vient ensuite")
    difficulties = text_field("Difficultés", required=False)
    person_days = forms.DecimalField(
        label="Jours de travail passés",
        help_text="Vide : non connu.",
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(99999),
        decimal_places=1,
        localize=True,
    )
    spent_eur_ht = amount_field("Dépensé, en euros hors taxes")

    def __init__(self, *args: Any, owed: Iterable[Quarter], **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(quarter.key, str(quarter)) for quarter in owed]
        self.fields["period"].choices = choices

    def values(self) -> dict[str, Any]:
        values = super().values()
        year, _, quarter = values.pop("period").partition("-T")
        return {"year": int(year), "quarter": int(quarter), **values}


def next_minute(*, days: int = 0) -> dt.datetime:
    """A whole minute, `days` from now: what a new call is prefilled with."""
    return (timezone.localtime() + dt.timedelta(days=days)).replace(second=0, microsecond=0)
