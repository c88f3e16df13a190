"""Forms of the supplier's side of a consultation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.consultations.enums import MOST_TEXT, Candidacy
from procurement.consultations.forms import area

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from procurement.models import PriceItem

WRONG = "Indiquez un prix en euros hors taxes, comme 12,50. Laissez vide pour ne pas répondre à ce poste."


class ResponseForm(MarketForm):
    """The version that was read travels with it; prices are one field an item."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    candidacy = forms.ChoiceField(
        label="Votre candidature",
        help_text="Joignez le formulaire rempli aux fichiers.",
        choices=[("", "Pas encore"), *Candidacy.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    not_excluded = forms.BooleanField(
        label="J’atteste que l’entreprise n’est dans aucun cas d’exclusion de la commande publique",
        required=False,
    )
    proposal = area("Votre proposition", MOST_TEXT, rows=10, required=False)

    def __init__(self, *args: Any, items: Iterable[PriceItem], **kwargs: Any) -> None:
        self.items = list(items)
        prices = {f"price_{item.uuid.hex}": _price(item) for item in self.items}
        # Before the base class dresses the fields: those added later have no class of the design system.
        self.base_fields = {**type(self).base_fields, **prices}
        super().__init__(*args, **kwargs)

    def values(self) -> dict[str, Any]:
        """Call after is_valid()."""
        said = self.cleaned_data
        prices: dict[str, Decimal] = {
            str(item.uuid): said[f"price_{item.uuid.hex}"]
            for item in self.items
            if said.get(f"price_{item.uuid.hex}") is not None
        }
        names = ("candidacy", "not_excluded", "proposal")
        return {**{name: said[name] for name in names}, "prices": prices}


def _price(item: PriceItem) -> forms.DecimalField:
    from marketplace.ui.typography import number_text

    wrong = ("invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits")
    estimated = ", estimée" if item.is_usage else ""
    return forms.DecimalField(
        label=f"{item.label} : prix unitaire, en euros HT",
        help_text=f"Par {item.unit}. Quantité{estimated} : {number_text(item.quantity)}.",
        min_value=0,
        max_digits=14,
        decimal_places=6,
        localize=True,
        required=False,
        error_messages=dict.fromkeys(wrong, WRONG),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class FileForm(MarketForm):
    file = forms.FileField(
        label="Joindre un fichier", help_text="10 Mo au plus. 20 fichiers et 50 Mo pour toute la réponse."
    )
