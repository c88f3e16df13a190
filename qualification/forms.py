"""What people type about a dossier. Rules belong to the actions; their refusals come back on the fields."""

from typing import Any

from django import forms

from catalog.registers.specs import REGISTERS
from marketplace.errors import RuleBroken
from marketplace.ui.forms import MarketForm
from qualification.enums import (
    DisputeEffect,
    FindingSeverity,
    FindingVerdict,
    ListingOutcome,
    RedactionGround,
)
from qualification.interests import UNDECLARED


class RuledForm(MarketForm):
    def refuse(self, error: RuleBroken) -> None:
        """Show a rule's refusal on the fields it names, else above the form."""
        if not error.fields:
            self.add_error(None, error.message)
        for name, texts in error.fields.items():
            self.add_error(name if name in self.fields else None, texts)


class VersionedForm(RuledForm):
    """Carries the version of the dossier, or of the dispute, that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**31 - 1)

    def values(self) -> dict[str, Any]:
        """What the action takes, besides the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def _text(
    label: str,
    *,
    help_text: str = "",
    length: int = 4000,
    required: bool = True,
    empty: str = "",
    rows: int = 6,
) -> forms.CharField:
    """`empty`: what is said when nothing is written, in place of the usual sentence."""
    return forms.CharField(
        label=label,
        error_messages={"required": empty} if empty else None,
        help_text=help_text,
        max_length=length,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class PauseForm(RuledForm):
    reason = _text("Pourquoi cette file est-elle mise en pause ?", length=1000, rows=3)


class AnswerForm(VersionedForm):
    reason = _text(
        "Ce que vous avez corrigé", help_text="L’instructeur lit cette réponse avec vos changements."
    )


class WaiverForm(RuledForm):
    reason = _text(
        "Pourquoi référencer malgré tout",
        help_text="Publié avec l’offre, avec votre nom et celui de la personne qui accepte.",
        length=2000,
    )
    valid_until = forms.DateField(
        label="Jusqu’au",
        help_text="Un an au plus.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class LinkForm(RuledForm):
    offer = forms.IntegerField(
        label="Numéro de l’offre",
        help_text="Il se lit dans l’adresse de sa fiche.",
        min_value=1,
        max_value=2**62,
    )
    register = forms.ChoiceField(
        label="Registre", choices=[(code, known.label) for code, known in REGISTERS.items()]
    )
    decision = forms.CharField(
        label="Numéro au registre",
        help_text="Exactement comme le registre l’écrit : un nom voisin ne prouve rien.",
        max_length=60,
    )
    reason = _text("Ce qui prouve que c’est bien ce service de ce fournisseur", length=2000)


class ConfirmForm(RuledForm):
    reason = _text("Motif", length=2000)


class AppealForm(VersionedForm):
    reason = _text("Pourquoi vous contestez la décision", length=6000)


class CorrectionsForm(VersionedForm):
    reason = _text(
        "Ce qu’il faut corriger", help_text="Le fournisseur lit ce texte avec vos constats. Soyez précis."
    )


class SendBackForm(VersionedForm):
    reason = _text("Ce qu’il faut revoir", help_text="L’instructeur lit ce texte.")


class MessageForm(RuledForm):
    text = _text("Votre message", help_text="L’autre partie le lit et en est prévenue.")


class RedactionForm(RuledForm):
    passages = _text(
        "Passages à occulter",
        help_text="Un par ligne, recopié de la décision. Vide : la copie est complète.",
        length=20_000,
        required=False,
    )
    ground = forms.ChoiceField(
        label="Au nom de quel secret",
        choices=(*RedactionGround.choices, ("", "Rien n’est occulté")),
        required=False,
        widget=forms.RadioSelect,
    )


class DisputeForm(RuledForm):
    reason = _text(
        "Pourquoi vous contestez ce résultat",
        help_text="Dites ce que le contrôle a mal vu ou mal compris. L’instructeur vous répondra par écrit.",
    )
    file = forms.FileField(
        label="Pièce jointe (facultatif)",
        help_text="PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo au plus. "
        "L’instructeur, la personne qui décide et l’auditeur la lisent.",
        required=False,
    )


class DisputeAnswerForm(VersionedForm):
    answer = forms.ChoiceField(
        label="Votre réponse",
        choices=(
            (DisputeEffect.RERUN, "Retenir : relancer le contrôle"),
            (DisputeEffect.SET_ASIDE, "Retenir : écarter ce résultat, l’exigence sera jugée sans lui"),
            ("reject", "Rejeter : le résultat reste"),
        ),
        widget=forms.RadioSelect,
    )
    reason = _text("Motifs", help_text="Le fournisseur lira ce texte.")


class TakeForm(VersionedForm):
    has_interest = forms.TypedChoiceField(
        label="Avez-vous un lien avec ce fournisseur ?",
        help_text="Emploi, mandat, parts, famille : tout ce qui ferait douter de votre impartialité.",
        choices=(
            ("non", "Je n’ai aucun lien avec ce fournisseur"),
            ("oui", "J’ai un lien avec ce fournisseur"),
        ),
        coerce=lambda value: value == "oui",
        widget=forms.RadioSelect,
    )
    statement = _text("Quel est ce lien", length=2000, required=False)


class FindingForm(VersionedForm):
    # The round whose answer was read.
    round = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**15 - 1)
    verdict = forms.ChoiceField(
        label="Votre constat", choices=FindingVerdict.choices, widget=forms.RadioSelect
    )
    observation = _text(
        "Ce que vous avez vu",
        help_text="Le fournisseur lira ce texte.",
        empty="Dites ce que vous avez vu et comment le réparer : le fournisseur le lira.",
    )
    evidence = _text(
        "Sur quoi vous vous fondez",
        help_text="Réponse, page d’un document, certificat. Le résultat du contrôle automatique est joint.",
        length=2000,
        required=False,
        rows=3,
    )
    severity = forms.ChoiceField(
        label="Gravité",
        help_text="Nécessaire pour un constat non conforme.",
        choices=(*FindingSeverity.choices, ("", "Sans objet")),
        required=False,
        widget=forms.RadioSelect,
    )
    remedy = _text("Comment le réparer", help_text="Nécessaire pour un constat non conforme.", required=False)

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values().items() if name != "round"}

    def read_again(self, *, version: int, round_now: int, said: str) -> None:
        """Keep what was typed, carry what is true now, say what changed above the form."""
        self.add_error(None, said)
        self.data = self.data.copy()
        self.data.update({"version": version, "round": round_now})


class ProposalForm(VersionedForm):
    outcome = forms.ChoiceField(
        label="Décision proposée", choices=ListingOutcome.choices, widget=forms.RadioSelect
    )
    reasons = _text("Motifs", length=6000)
    reserves = _text("Réserves", help_text="Nécessaires pour référencer avec réserves.", required=False)


class DecisionForm(VersionedForm):
    outcome = forms.ChoiceField(label="Décision", choices=ListingOutcome.choices, widget=forms.RadioSelect)
    reasons = _text("Motifs", help_text="Le fournisseur les lit dès l’enregistrement.", length=6000)
    reserves = _text("Réserves", help_text="Nécessaires pour référencer avec réserves.", required=False)
    hearing = _text(
        "Comment le fournisseur a été entendu",
        help_text="Nécessaire pour refuser : la date et ses observations.",
        required=False,
    )
    no_interest = forms.BooleanField(
        label="Je n’ai aucun lien avec ce fournisseur",
        help_text="Emploi, mandat, parts, famille. Si vous en avez un, déclarez-le : "
        "une autre personne décidera.",
        error_messages={"required": UNDECLARED},
    )


class InterestForm(VersionedForm):
    statement = _text(
        "Quel est ce lien",
        help_text="Emploi, mandat, parts, famille. Ce texte reste au journal, le fournisseur ne le lit pas.",
        length=2000,
    )
