"""A curator gives the file of a register, then confirms what its preview showed."""

from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm


class RegisterFileForm(MarketForm):
    file = forms.FileField(label="Fichier du registre", help_text="CSV (UTF-8) ou JSON, 8 Mo au plus.")
    edition = forms.CharField(
        label="Édition", help_text="Par exemple la date que le registre porte.", max_length=40
    )
    read_on = forms.DateField(label="Date de lecture", widget=forms.DateInput)
    source = forms.CharField(
        label="Source", help_text="L’adresse ou le document où vous l’avez lu.", max_length=300
    )


class ConfirmImportForm(MarketForm):
    """`faults`: how many lines would be left out; without any, nothing is asked."""

    without_faults = forms.BooleanField(label="Importer sans les lignes fautives", required=False)
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: object, faults: int, **options: object) -> None:
        super().__init__(*args, **options)
        if not faults:
            del self.fields["without_faults"]
