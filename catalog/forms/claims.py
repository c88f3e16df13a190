from typing import Any

from django import forms

from catalog.enums import ClaimProof
from marketplace.ui.forms import MarketForm


class ClaimForm(MarketForm):
    proof = forms.ChoiceField(
        label="Comment prouver que cette offre est la vôtre ?",
        choices=ClaimProof.choices,
        widget=forms.RadioSelect,
        initial=ClaimProof.DNS,
    )
    register_contact = forms.CharField(
        label="Personne inscrite au registre que nous pouvons joindre",
        help_text="Son nom et sa fonction, tels que le registre les publie. "
        "Nous chercherons nous-mêmes ses coordonnées.",
        max_length=300,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("proof") == ClaimProof.REGISTER_CONTACT and not said.get("register_contact"):
            self.add_error("register_contact", "Indiquez la personne inscrite au registre.")
        return said
