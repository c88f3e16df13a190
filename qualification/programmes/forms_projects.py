"""What people type about needs, consortia and demonstrators."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.models import MissingNeed, Supplier
from qualification.forms import RuledForm, VersionedForm
from qualification.programmes.enums import MemberRole, TargetKind, TargetVerdict
from qualification.programmes.forms import minute_field, text_field
from qualification.programmes.models import CallNeed, ProjectProposal

KINDS = {"t": TargetKind.TECHNICAL, "f": TargetKind.FUNCTIONAL}
LINE = "« F | Partager un document à deux | En moins de 5 secondes »"


class CallNeedForm(VersionedForm):
    need = forms.ModelChoiceField(
        label="Besoin recueilli auprès des administrations",
        help_text="Les fournisseurs ne lisent que le titre et la description ci-dessous.",
        queryset=MissingNeed.objects.none(),
        to_field_name="number",
        required=False,
        empty_label="Recueilli autrement",
    )
    title = forms.CharField(label="Besoin fonctionnel", max_length=160)
    description = text_field("Description", length=3000, required=False, rows=5)
    targets = text_field(
        "Objectifs",
        help_text=f"Un par ligne : F (fonctionnel) ou T (technique), ce qui est attendu, le seuil. {LINE}",
        length=6000,
        rows=6,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        open_needs = MissingNeed.objects.open().order_by("-created_at", "-pk")
        self.fields["need"].queryset = open_needs

    def clean_targets(self) -> list[tuple[str, str, str]]:
        found = []
        for line in self.cleaned_data["targets"].splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split("|")]
            kind = KINDS.get(parts[0].lower()[:1]) if parts[0] else None
            if len(parts) != 3 or kind is None or not all(parts) or max(map(len, parts)) > 200:
                raise forms.ValidationError(
                    f"Cette ligne n’est pas un objectif : « {line[:80]} ». Écrivez {LINE}."
                )
            found.append((str(kind), parts[1], parts[2]))
        return found


class NewProposalForm(RuledForm):
    title = forms.CharField(label="Nom du projet", max_length=160)
    role = forms.ChoiceField(label="Votre rôle", choices=MemberRole.choices)
    part = text_field("Ce que vous ferez", length=500, rows=3)


class ProposalForm(VersionedForm):
    title = forms.CharField(label="Nom du projet", max_length=160)
    needs = forms.ModelMultipleChoiceField(
        label="Besoins auxquels le projet répond",
        queryset=CallNeed.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        to_field_name="number",
    )
    summary = text_field("Le projet", length=5000, required=False)
    work_plan = text_field("Étapes et calendrier", length=5000, required=False)

    def __init__(self, *args: Any, proposal: ProjectProposal, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["needs"].queryset = proposal.call.needs.all()


class InviteForm(RuledForm):
    supplier = forms.IntegerField(
        label="Numéro du fournisseur", help_text="Celui de son adresse : /fournisseurs/12-…", min_value=1
    )
    role = forms.ChoiceField(label="Son rôle", choices=MemberRole.choices)
    part = text_field("Ce qu’il fera", length=500, rows=3)

    def clean_supplier(self) -> Supplier:
        number = self.cleaned_data["supplier"]
        known = Supplier.objects.select_related("organisation").filter(organisation__isnull=False)
        found = known.filter(number=number).first() if number < 2**63 else None
        if found is None:
            raise forms.ValidationError(
                "Aucun fournisseur inscrit ne porte ce numéro. Relisez-le dans l’adresse de sa page."
            )
        return found


class DemonstratorForm(RuledForm):
    url = forms.URLField(label="Adresse du démonstrateur", max_length=500, assume_scheme="https")
    available_from = minute_field("Ouvert à partir du")
    note = text_field("Comment y entrer", length=1000, required=False, rows=3)


class ResultForm(RuledForm):
    target = forms.ModelChoiceField(label="Objectif", queryset=None, empty_label="Choisissez un objectif")
    verdict = forms.ChoiceField(label="Résultat", choices=TargetVerdict.choices)
    observation = text_field("Ce qui a été vu", length=2000, rows=4)
    seen_on = forms.DateField(label="Vu le", widget=forms.DateInput)

    def __init__(self, *args: Any, proposal: ProjectProposal, **options: Any) -> None:
        from qualification.programmes.models import CallTarget

        super().__init__(*args, **options)
        asked = CallTarget.objects.filter(call_need__in=proposal.needs.all()).order_by("call_need", "number")
        self.fields["target"].queryset = asked
