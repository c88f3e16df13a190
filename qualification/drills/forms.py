from __future__ import annotations

from django import forms

from qualification.forms import RuledForm, VersionedForm


def _day(label: str, help_text: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


class AnnounceForm(RuledForm):
    window_from = _day("Premier jour possible", "Annoncé au fournisseur et à son contact dès maintenant.")
    window_until = _day(
        "Dernier jour possible", "Le jour et l’heure sont tirés au sort entre les deux, un jour ouvré."
    )


class CancelForm(VersionedForm):
    reason = forms.CharField(
        label="Motif",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Lu par le fournisseur.",
    )
