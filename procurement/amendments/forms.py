from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.amendments.enums import AmendmentKind
from procurement.forms.versioned import VersionedForm

WRONG = "Indiquez un montant en euros HT, de 12 chiffres au plus, comme 1200,50 ou -1200."


class AmendmentForm(MarketForm):
    kind = forms.ChoiceField(label="Nature", choices=AmendmentKind.choices, widget=forms.RadioSelect)
    delta_eur_ht = forms.DecimalField(
        label="Montant ajouté, en euros HT",
        help_text="Négatif pour une résiliation partielle. 0 si seule la date change.",
        max_digits=14,
        decimal_places=2,
        localize=True,
        error_messages=dict.fromkeys(
            ("invalid", "max_digits", "max_decimal_places", "max_whole_digits"), WRONG
        ),
        widget=forms.TextInput,
    )
    new_ends_on = forms.DateField(
        label="Nouveau dernier jour",
        help_text="Obligatoire pour une reconduction. Laissez vide si la date ne change pas.",
        required=False,
        widget=forms.DateInput,
    )
    reason = forms.CharField(
        label="Objet", help_text="Ce qui change et pourquoi.", max_length=2000, widget=forms.Textarea
    )


class AmendmentEditForm(AmendmentForm, VersionedForm):
    """The same, with the version that was read."""
