"""The name of a copy; the document of an import, by file or pasted."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.transfer import MAX_BYTES
from marketplace.ui.forms import MarketForm


class NameForm(MarketForm):
    name = forms.CharField(label="Nom de la nouvelle offre", max_length=160)


class ImportForm(MarketForm):
    """After a valid form, `document` is the text given, whichever way it was."""

    file = forms.FileField(
        label="Fichier JSON", help_text="1 Mo au plus, tel qu’il a été exporté.", required=False
    )
    text = forms.CharField(
        label="Ou son texte",
        help_text="Le texte d’un fichier lu apparaît ici, pour le corriger.",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data.get("file")
        if upload is None:
            return None
        if upload.size > MAX_BYTES:
            raise forms.ValidationError("Ce fichier dépasse 1 Mo. Donnez une seule offre par fichier.")
        try:
            return upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise forms.ValidationError(
                "Ce fichier n’est pas un texte en UTF-8. Donnez le fichier tel qu’il a été exporté."
            ) from None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and not said.get("file") and not said.get("text", "").strip():
            self.add_error("file", "Joignez un fichier, ou collez son texte.")
        return said

    @property
    def document(self) -> str:
        return self.cleaned_data.get("file") or self.cleaned_data.get("text", "")
