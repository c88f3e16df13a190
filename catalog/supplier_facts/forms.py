"""What a supplier says of itself. Every question may stay without an answer: it is then unknown."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.enums import FrenchRegion, Inclusion, SupplierSize
from marketplace.ui.forms import MarketForm

NOT_SAID = ("", "Non renseigné")
YES_NO = [("true", "Oui"), ("false", "Non"), ("", "Je ne sais pas")]


def _yes_no(label: str, hint: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        help_text=hint,
        choices=YES_NO,
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect,
        required=False,
    )


class SupplierFactsForm(MarketForm):
    size = forms.ChoiceField(
        label="Taille de l’entreprise",
        help_text="Au sens du décret n° 2008-1354 du 18 décembre 2008.",
        choices=[NOT_SAID, *SupplierSize.choices],
        required=False,
    )
    region = forms.ChoiceField(
        label="Région du siège",
        help_text="Si le siège est en France.",
        choices=[NOT_SAID, *FrenchRegion.choices],
        required=False,
    )
    is_ess = _yes_no(
        "Relevez-vous de l’économie sociale et solidaire\u202f?",
        "Au sens de l’article 1er de la loi n° 2014-856 du 31 juillet 2014.",
    )
    inclusion = forms.ChoiceField(
        label="Êtes-vous une structure d’inclusion\u202f?",
        help_text="Des marchés peuvent être réservés à ces structures (code de la commande publique, "
        "articles L. 2113-12 et L. 2113-13).",
        choices=[*Inclusion.choices, ("", "Je ne sais pas")],
        widget=forms.RadioSelect,
        required=False,
    )
    is_independent = _yes_no("Êtes-vous indépendant de tout groupe\u202f?")
    group_name = forms.CharField(label="Nom du groupe", max_length=120, required=False)
    founded_year = forms.IntegerField(
        label="Année de création",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    public_share_percent = forms.DecimalField(
        label="Part de votre chiffre d’affaires faite avec le secteur public (%)",
        help_text="De 0 à 100, au dernier exercice clos.",
        max_digits=5,
        decimal_places=2,
        localize=True,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


def shown(facts: dict[str, Any]) -> dict[str, Any]:
    """Stored facts as the form's fields hold them."""
    words = {True: "true", False: "false", None: ""}
    return {name: words[value] if name.startswith("is_") else value for name, value in facts.items()}
