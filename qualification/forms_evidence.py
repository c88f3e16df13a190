"""What people type about evidence."""

from __future__ import annotations

from typing import Any

from django import forms

from qualification.enums import CopyOutcome, Implementation, RedactionGround
from qualification.forms import RuledForm
from qualification.handing_out import pages_of
from qualification.models import Dossier, Evidence
from qualification.redaction import passages_of
from qualification.schemes import load_scheme


class EvidenceForm(RuledForm):
    title = forms.CharField(
        label="Nom de la preuve",
        help_text="Par exemple « Certificat ISO 27001 » ou « Politique de sauvegarde ».",
        max_length=200,
    )
    upload = forms.FileField(
        label="Fichier",
        help_text="PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo au plus. Chiffré dès sa réception.",
    )
    valid_until = forms.DateField(
        label="Valable jusqu’au (facultatif)",
        help_text="Vous serez prévenu 90, 60, 30 et 7 jours avant. Exemple : 31/12/2027.",
        required=False,
        widget=forms.DateInput,
    )

    def refuse(self, error: Any) -> None:
        """The store names the file « file »."""
        if "file" in error.fields:
            self.add_error("upload", error.fields["file"])
        else:
            super().refuse(error)

    def values(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class JoinForm(RuledForm):
    """One requirement of one dossier that the supplier may still change."""

    where = forms.ChoiceField(label="Exigence d’un dossier", help_text="Dossiers que vous pouvez modifier.")

    def __init__(self, *args: Any, dossiers: list[Dossier], **options: Any) -> None:
        super().__init__(*args, **options)
        self._dossiers = {dossier.number: dossier for dossier in dossiers}
        self.fields["where"].choices = [("", "Choisissez"), *map(_group, dossiers)]

    def chosen(self) -> tuple[Dossier, str]:
        number, _, code = self.cleaned_data["where"].partition(":")
        return self._dossiers[number], code


def _group(dossier: Dossier) -> tuple[str, list[tuple[str, str]]]:
    scheme = load_scheme(dossier.scheme, dossier.scheme_edition)
    rows = [(f"{dossier.number}:{one.code}", one.title) for one in scheme.requirements]
    return f"{dossier.number}, {dossier.offer.name}", rows


class HandingOutForm(RuledForm):
    """What anybody may read of a piece of evidence, once its dossier is decided."""

    outcome = forms.ChoiceField(
        label="Ce que chacun pourra lire", choices=CopyOutcome.choices, widget=forms.RadioSelect
    )
    passages = forms.CharField(
        label="Passages à occulter",
        help_text="Un par ligne, recopié de la preuve. Pour une copie occultée.",
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    pages = forms.CharField(
        label="Pages à occulter", help_text="D’un PDF. Exemple : « 2, 5-7 ».", max_length=500, required=False
    )
    ground = forms.ChoiceField(
        label="Au nom de quel secret",
        choices=(*RedactionGround.choices, ("", "Rien n’est occulté")),
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label="Motif",
        help_text="Nécessaire dès que quelque chose est caché. Le fournisseur et le public le lisent.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def values(self) -> dict[str, Any]:
        """Raises RuleBroken on « pages »."""
        said = dict(self.cleaned_data)
        return {**said, "passages": passages_of(said["passages"]), "pages": pages_of(said["pages"])}


class ApplicabilityForm(RuledForm):
    """A line of the statement of applicability; `evidence`: what the organisation keeps; `base`: the mark of
    the line that was read."""

    base = forms.CharField(required=False, widget=forms.HiddenInput, max_length=16)

    applicable = forms.ChoiceField(
        label="Cette exigence s’applique-t-elle à l’offre ?",
        choices=(("oui", "Oui, elle s’applique"), ("non", "Non, elle ne s’applique pas")),
        widget=forms.RadioSelect,
    )
    justification = forms.CharField(
        label="Justification",
        help_text="Nécessaire pour une exigence qui ne s’applique pas.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    status = forms.ChoiceField(
        label="Où vous en êtes",
        choices=(*Implementation.choices, ("", "Pas encore dit")),
        required=False,
        widget=forms.RadioSelect,
    )
    evidence = forms.MultipleChoiceField(label="Preuves", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, evidence: list[Evidence], **options: Any) -> None:
        super().__init__(*args, **options)
        self._evidence = {one.number: one for one in evidence}
        if evidence:
            self.fields["evidence"].choices = [
                (one.number, f"{one.title} ({one.number})") for one in evidence
            ]
        else:
            del self.fields["evidence"]

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        said["shown"] = said.pop("base", "")
        chosen = [self._evidence[number] for number in said.get("evidence") or ()]
        return {**said, "applicable": said["applicable"] == "oui", "evidence": chosen}
