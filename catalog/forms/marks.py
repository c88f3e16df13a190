"""What a supplier declares, what a curator records."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from catalog.actions.declarations import DECLARABLE
from catalog.enums import Scheme, StackLayer
from catalog.models import Offer, TrustMark
from catalog.questions.validation import AnswerError
from catalog.stack import layer_region
from catalog.trust import ANSSI
from marketplace.ui.forms import MarketForm


class DeclareForm(MarketForm):
    scheme = forms.ChoiceField(label="Référentiel", choices=Scheme.choices)
    label = forms.CharField(
        label="Nom de la certification ou du label",
        help_text="Seulement pour « Autre ».",
        max_length=80,
        required=False,
    )
    level = forms.CharField(
        label="Version ou niveau", help_text="Par exemple « 3.2 ».", max_length=20, required=False
    )
    scope = forms.CharField(
        label="Périmètre",
        help_text="Les services et les régions nommés par le certificat.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    status = forms.ChoiceField(label="Statut", choices=[(s.value, s.label) for s in DECLARABLE])
    valid_from = forms.DateField(label="Début de validité", required=False, widget=forms.DateInput)
    valid_until = forms.DateField(label="Fin de validité", required=False, widget=forms.DateInput)
    decision_number = forms.CharField(
        label="Numéro de décision ou de certificat", max_length=60, required=False
    )
    issuer = forms.CharField(label="Organisme qui l’a délivré", max_length=120, required=False)
    evidence = forms.FileField(
        label="Certificat", help_text="PDF, ODT ou ODS, 10 Mo au plus.", required=False
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        start, end = said.get("valid_from"), said.get("valid_until")
        if start and end and end < start:
            self.add_error(
                "valid_until",
                f"La fin de validité ({end:%d/%m/%Y}) précède le début ({start:%d/%m/%Y}). "
                "Choisissez une date postérieure.",
            )
        if said.get("scheme") == Scheme.OTHER and not said.get("label"):
            self.add_error("label", "Nommez la certification ou le label.")
        return said

    def fields_of_mark(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        said.pop("evidence")
        if said["scheme"] != Scheme.OTHER:
            said["label"] = ""
        return said


class EdgeForm(MarketForm):
    base = forms.CharField(
        label="Offre du catalogue sur laquelle la vôtre repose",
        help_text="Son numéro ou l’adresse de sa fiche, par exemple « 12 ».",
        max_length=300,
        required=False,
    )
    base_name = forms.CharField(
        label="Ou le nom de l’hébergeur, s’il n’est pas au catalogue", max_length=160, required=False
    )
    layer = forms.ChoiceField(label="Couche", choices=StackLayer.choices, initial=StackLayer.INFRASTRUCTURE)
    region = forms.CharField(
        label="Région",
        help_text="Le code du pays, puis le lieu : « FR-Paris » se lira « Paris (France) ».",
        max_length=60,
        required=False,
    )
    inherits = forms.BooleanField(
        label="Notre qualification ou certification s’appuie sur celle de cette couche", required=False
    )

    def __init__(self, *args: Any, actor: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor

    def clean_region(self) -> str:
        try:
            return layer_region(self.cleaned_data["region"])
        except AnswerError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_base(self) -> Offer | None:
        text = self.cleaned_data["base"].strip().rstrip("/")
        if not text:
            return None
        number = text.rsplit("/", 1)[-1].split("-")[0]
        found = None
        if number.isascii() and number.isdigit() and len(number) < 16:
            found = Offer.objects.visible_to(self.actor).filter(number=int(number)).first()
        if found is None:
            raise forms.ValidationError(
                "Cette offre n’est pas au catalogue. Vérifiez le numéro ou nommez l’hébergeur."
            )
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "base" in said and bool(said["base"]) == bool(said.get("base_name")):
            self.add_error("base", "Donnez une offre du catalogue, ou bien le nom d’un hébergeur.")
        return said


class ActForm(MarketForm):
    """The first page of a status loss: the fact. `mark` decides whether the ANSSI's act is needed."""

    effective_at = forms.DateTimeField(
        label="Date et heure d’effet",
        help_text="Heure de Paris.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    issuer = forms.CharField(label="Organisme qui a pris l’acte", max_length=120)
    act_reference = forms.CharField(label="Référence de l’acte", max_length=120, required=False)
    act_date = forms.DateField(label="Date de l’acte", required=False, widget=forms.DateInput)
    reason = forms.CharField(label="Motif", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, mark: TrustMark, **options: Any) -> None:
        options.setdefault(
            "initial",
            {"effective_at": timezone.localtime(), "issuer": ANSSI if mark.is_anssi else mark.issuer},
        )
        super().__init__(*args, **options)

    def given(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

    def as_text(self) -> dict[str, str]:
        """What the second page carries as hidden fields."""
        texts: dict[str, str] = {}
        for name, value in self.cleaned_data.items():
            if isinstance(value, datetime.datetime):
                texts[name] = timezone.localtime(value).strftime("%Y-%m-%dT%H:%M:%S")
            else:
                texts[name] = value.isoformat() if isinstance(value, datetime.date) else str(value or "")
        return texts


class DatedActForm(ActForm):
    """A delivery or a renewal says its dates too."""

    valid_from = forms.DateField(label="Début de validité", required=False, widget=forms.DateInput)
    valid_until = forms.DateField(label="Fin de validité", required=False, widget=forms.DateInput)
    decision_number = forms.CharField(label="Numéro de décision", max_length=60, required=False)

    def given(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        return {name: value for name, value in said.items() if value or name in ("act_reference", "reason")}


class ReportForm(MarketForm):
    text = forms.CharField(
        label="Ce qui est signalé", max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )
    source = forms.CharField(label="Source", max_length=300)


class ReasonForm(MarketForm):
    reason = forms.CharField(
        label="Motif",
        help_text="Il sera lu par les personnes concernées.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class OutcomeForm(MarketForm):
    outcome = forms.CharField(
        label="Ce que vous en avez conclu",
        help_text="Par exemple : vérifié auprès de l’organisme, ou perte enregistrée avec son acte.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
