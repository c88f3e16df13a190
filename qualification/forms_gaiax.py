from __future__ import annotations

from typing import Any

from django import forms

from qualification.forms import RuledForm
from qualification.gaiax import bounds


class AttachForm(RuledForm):
    """``offers``: the supplier's own, as (number, name)."""

    offer = forms.ChoiceField(
        label="Offre décrite par ce titre", error_messages={"required": "Choisissez une offre."}
    )

    def __init__(self, *args: Any, offers: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["offer"].choices = offers


class DetachForm(RuledForm):
    reason = forms.CharField(
        label="Motif",
        help_text="Gardé au journal et montré aux personnes qui instruisent.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        error_messages={"required": "Dites pourquoi ce titre est détaché."},
    )


class VerifyForm(RuledForm):
    credential = forms.CharField(
        label="Titre ou présentation",
        help_text="Le JSON (génération Tagus) ou le JWT (génération Loire), tel que vous l’avez reçu.",
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        max_length=bounds.DOCUMENT,
        error_messages={"required": "Collez un titre ou une présentation."},
    )
    did_documents = forms.CharField(
        label="Documents DID",
        help_text="Un document, ou une liste, en JSON. Sinon nous les cherchons à l’adresse de leur did:web.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        max_length=bounds.DOCUMENT,
        required=False,
    )
    anchors = forms.CharField(
        label="Ancres de confiance",
        help_text="Des certificats d’autorités en PEM. Sinon nous employons les nôtres. "
        "Un verdict rendu sur vos ancres n’engage que vous.",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        max_length=bounds.DOCUMENT,
        required=False,
    )

    def given(self) -> dict[str, Any]:
        values = dict(self.cleaned_data)
        return {"text": values.pop("credential"), **values}
