from django import forms

from marketplace.audit.words import OBJECTS
from marketplace.ui.forms import MarketForm


class JournalFilterForm(MarketForm):
    """Every field is optional; an unknown value filters everything out rather than nothing."""

    du = forms.DateField(label="Du", required=False, widget=forms.DateInput)
    au = forms.DateField(label="Au", required=False, widget=forms.DateInput)
    objet = forms.ChoiceField(
        label="Objet",
        required=False,
        choices=[("", "Tous"), *sorted(OBJECTS.items(), key=lambda item: item[1])],
    )
    numero = forms.CharField(
        label="Numéro", required=False, max_length=40, help_text="Exemple\u00a0: CMD-2026-0031"
    )
    acte = forms.CharField(
        label="Acte", required=False, max_length=60, help_text="Son nom de code, exemple\u00a0: approve"
    )
    personne = forms.CharField(
        label="Personne", required=False, max_length=254, help_text="Son nom ou son adresse, exactement."
    )

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("du"), cleaned.get("au")
        if start and end and end < start:
            self.add_error("au", "La fin précède le début. Choisissez une date postérieure.")
        return cleaned
