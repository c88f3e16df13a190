"""Why a curator corrects a sheet, and where the truth was read."""

from __future__ import annotations

from django import forms

from catalog.actions.corrections import Ground
from marketplace.ui.forms import MarketForm


class GroundForm(MarketForm):
    """`is_sourced`: of a public sheet, which cites its sources."""

    reason = forms.CharField(
        label="Motif de la correction",
        help_text="Gardé au journal, et dit au fournisseur quand la fiche en a un.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source = forms.CharField(
        label="Où le fait a été lu", help_text="Lu par tous, sous la fiche.", max_length=200, required=False
    )
    source_url = forms.URLField(
        label="Adresse de la source", max_length=300, required=False, assume_scheme="https"
    )
    read_on = forms.DateField(label="Jour de la lecture", widget=forms.DateInput, required=False)

    def __init__(self, *args: object, is_sourced: bool, **more: object) -> None:
        super().__init__(*args, **more)
        if is_sourced:
            self.fields["source"].required = self.fields["read_on"].required = True

    @property
    def ground(self) -> Ground:
        """Call after is_valid()."""
        said = self.cleaned_data
        return Ground(said["reason"], said["source"], said["source_url"], said["read_on"])
