from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.exit.enums import CheckOutcome, RehearsalResult


class VersionForm(MarketForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class OpenForm(MarketForm):
    reason = forms.CharField(
        label="Pourquoi partir",
        help_text="Fin du contrat, perte d’un statut, changement d’offre…",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class NoticeForm(VersionForm):
    given_on = forms.DateField(
        label="Préavis donné le",
        help_text="Le jour où le fournisseur l’a reçu. Les dates qui suivent en découlent.",
        widget=forms.DateInput,
    )


class AbandonForm(VersionForm):
    reason = forms.CharField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class RehearsalForm(VersionForm):
    done_on = forms.DateField(label="Fait le", widget=forms.DateInput)
    result = forms.ChoiceField(label="Résultat", choices=RehearsalResult.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Ce qui a été essayé",
        help_text="Quelles données, vers où, en combien de temps, ce qui a manqué.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ExportForm(VersionForm):
    label = forms.CharField(label="Données demandées", max_length=200)
    format = forms.CharField(
        label="Format attendu", help_text="Par exemple CSV, MBOX ou OVF.", max_length=100
    )


class ReceiveForm(MarketForm):
    received_on = forms.DateField(label="Reçu le", widget=forms.DateInput)
    sha256 = forms.RegexField(
        r"\A\s*[0-9a-fA-F]{64}\s*\Z",
        label="Empreinte SHA-256",
        help_text="Du fichier reçu, s’il dépasse 10 Mo. Elle est calculée ici si vous le joignez.",
        required=False,
        error_messages={"invalid": "Écrivez 64 caractères, chiffres de 0 à 9 et lettres de a à f."},
    )
    size = forms.IntegerField(
        label="Taille en octets", required=False, min_value=0, max_value=9_000_000_000_000_000
    )
    file = forms.FileField(label="Fichier reçu", help_text="10 Mo au plus.", required=False)


class ErasureForm(VersionForm):
    erased_on = forms.DateField(label="Données effacées le", widget=forms.DateInput)
    reference = forms.CharField(
        label="Référence de l’attestation",
        help_text="Du document par lequel le fournisseur atteste l’effacement.",
        max_length=200,
    )


class CheckForm(MarketForm):
    outcome = forms.ChoiceField(label="Réponse", choices=CheckOutcome.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Preuve ou motif",
        help_text="Où se lit le réglage, ou pourquoi ce point est sans objet.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
