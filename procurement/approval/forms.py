from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from catalog.enums import ServiceModel
from marketplace.accounts.models import User
from marketplace.tax_basis import TaxBasis
from marketplace.ui.forms import MarketForm, basis_choice
from procurement.approval.chains import StepTerms
from procurement.approval.enums import MOST_STEPS, SIGNING_CHOICES, Sensitivity
from procurement.models import ApprovalChain

# Rows to fill besides those of the version in force; more come with the next version.
FEWEST, MORE = 4, 2
WRONG = "Indiquez un montant en euros, de 12 chiffres au plus, comme 90000. Laissez vide pour tous."


class ChainForm(MarketForm):
    valid_from = forms.DateField(
        label="En vigueur à partir du",
        help_text="Les bons de commande dont l’approbation est déjà demandée gardent leur circuit.",
        widget=forms.DateInput,
    )
    distinct_signers = forms.BooleanField(
        label="Signataires distincts : une même personne ne signe pas deux étapes",
        help_text="Y compris sous délégation, ou pour la personne qui l’a donnée.",
        required=False,
        initial=True,
    )


class StepForm(MarketForm):
    """One step; without a role the row is left out."""

    role = forms.ChoiceField(
        label="Qui signe", choices=[("", "Aucune étape à ce rang"), *SIGNING_CHOICES], required=False
    )
    from_eur = forms.DecimalField(
        label="À partir de, en euros",
        help_text="Vide : tous les montants. Comparé au total, avenants et reconductions compris.",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        localize=True,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits"), WRONG
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    from_basis = basis_choice("Ce montant est exprimé", required=False)
    service_models = forms.MultipleChoiceField(
        label="Modèles de service",
        help_text="Aucun coché : tous.",
        choices=ServiceModel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sensitivity = forms.ChoiceField(
        label="Sensibilité", choices=Sensitivity.choices, required=False, initial=Sensitivity.ANY
    )

    @property
    def is_left_out(self) -> bool:
        return not self.cleaned_data.get("role")

    def terms(self) -> StepTerms:
        """Call after is_valid()."""
        said = self.cleaned_data
        return StepTerms(
            role=said["role"],
            from_eur=said["from_eur"] or Decimal("0.00"),
            from_basis=said["from_basis"] or TaxBasis.HT,
            service_models=tuple(said["service_models"]),
            sensitivity=said["sensitivity"] or Sensitivity.ANY,
        )


def step_forms(data: Any, *, chain: ApprovalChain | None) -> list[StepForm]:
    """Filled with the version in force, and some more; as many as were sent when they come back."""
    steps = list(chain.steps.all()) if chain is not None else []
    rows = max(FEWEST, len(steps) + MORE)
    if data is not None:
        rows = max([rank for rank in range(1, MOST_STEPS + 1) if f"etape-{rank}-role" in data], default=1)
        steps = []
    names = ("role", "from_eur", "from_basis", "service_models", "sensitivity")
    initials = [{name: getattr(step, name) for name in names} for step in steps]
    initials += [{} for _ in range(min(rows, MOST_STEPS) - len(initials))]
    return [
        StepForm(data, prefix=f"etape-{rank}", initial=initial)
        for rank, initial in enumerate(initials, start=1)
    ]


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name or obj.email} ({obj.email})"


class DelegationForm(MarketForm):
    role = forms.ChoiceField(label="Rôle délégué", choices=SIGNING_CHOICES)
    giver = PersonField(label="Qui est absent", queryset=User.objects.none(), empty_label="Choisissez")
    holder = PersonField(
        label="Qui signe à sa place",
        help_text="Dans la limite du plafond de la personne absente.",
        queryset=User.objects.none(),
        empty_label="Choisissez",
    )
    starts_on = forms.DateField(label="Premier jour", widget=forms.DateInput, initial=timezone.localdate)
    ends_on = forms.DateField(
        label="Dernier jour", help_text="Compris. Un an au plus.", widget=forms.DateInput
    )
    reference = forms.CharField(
        label="Acte", help_text="L’arrêté ou la décision qui porte la délégation.", max_length=200
    )
    reason = forms.CharField(label="Motif", help_text="Exemple : congés.", max_length=300)

    def __init__(self, *args: Any, members: Any, givers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = members
        self.fields["giver"].queryset = givers


class RevokeForm(MarketForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    reason = forms.CharField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
