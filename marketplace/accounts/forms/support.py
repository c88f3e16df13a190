from typing import Any

from django import forms
from django.utils import timezone

from marketplace.accounts.models import Organisation
from marketplace.ui.forms import MarketForm

PROOFS = [
    ("register", "Extrait de registre (SIRENE, RNE, registre étranger)"),
    ("letter", "Courrier signé de l’organisation"),
    ("order", "Arrêté ou décision de nomination"),
    ("call", "Rappel au standard publié de l’organisation"),
]


class ProofForm(MarketForm):
    proof_kind = forms.ChoiceField(label="Nature de la preuve", choices=PROOFS)
    proof_reference = forms.CharField(
        label="Référence de la preuve",
        max_length=200,
        help_text="Ce qui permet de la retrouver\u00a0: numéro, expéditeur, objet.",
    )
    proof_date = forms.DateField(label="Date de la preuve", widget=forms.DateInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_proof_date(self) -> Any:
        value = self.cleaned_data["proof_date"]
        if value > timezone.localdate():
            raise forms.ValidationError("La date de la preuve est dans le futur. Corrigez-la.")
        return value


class DomainForm(MarketForm):
    domain = forms.CharField(label="Domaine", max_length=253, help_text="Exemple\u00a0: ministere.example")
    organisation = forms.ModelChoiceField(label="Administration", queryset=Organisation.objects.none())
    source = forms.CharField(
        label="Source", max_length=300, help_text="Où l’on a lu que ce domaine est le sien."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.buyers().verified()


class PersonSearchForm(MarketForm):
    q = forms.CharField(label="Nom ou adresse", min_length=3, max_length=254)
