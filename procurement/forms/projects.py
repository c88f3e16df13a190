from __future__ import annotations

import re
from typing import Any

from django import forms

from catalog.enums import ServiceModel
from catalog.models import Category
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, User
from marketplace.ui.forms import MarketForm, MarketModelForm
from procurement.enums import Criticality, Hosting, ProjectKind
from procurement.models import Project
from procurement.models.project import MOST_ZONES
from procurement.reference.cpv import CpvCode, known_codes

NOT_KNOWN = ("", "Je ne sais pas encore")
_CPV = re.compile(r"([0-9]{8})(?:-[0-9])?")


def clean_cpv(text: str) -> str:
    """Without its check digit, which official lists get wrong. Raises ValidationError."""
    found = _CPV.fullmatch(text.strip()) if text.strip() else None
    if text.strip() and found is None:
        raise forms.ValidationError("Un code CPV compte 8 chiffres, comme 72416000.", code="cpv")
    return found[1] if found else ""


class CpvField(forms.CharField):
    """Cleans to eight digits or blank; the browser proposes the codes of cloud and information technology."""

    def __init__(self) -> None:
        super().__init__(
            label="Code CPV",
            help_text="Huit chiffres. Il retrouve les besoins de même famille de votre administration.",
            required=False,
            max_length=10,
            widget=forms.TextInput(attrs={"list": "codes-cpv", "autocomplete": "off"}),
            template_name="procurement/_cpv_field.html",
        )

    @property
    def known(self) -> list[CpvCode]:
        return list(known_codes().values())

    def clean(self, value: Any) -> str:
        return clean_cpv(super().clean(value))


class ProjectForm(MarketModelForm):
    """Describe the need. Everything but the object may wait."""

    service_models = forms.MultipleChoiceField(
        label="Modèles de service recherchés",
        choices=ServiceModel.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    project_kind = forms.ChoiceField(
        label="Nature du projet",
        choices=[NOT_KNOWN, *ProjectKind.choices],
        required=False,
    )
    hosting = forms.ChoiceField(
        label="Hébergement envisagé",
        choices=[NOT_KNOWN, *Hosting.choices],
        required=False,
    )

    cpv = CpvField()

    class Meta:
        model = Project
        fields = (
            "title",
            "description",
            "project_kind",
            "hosting",
            "service_models",
            "full_cost_eur_ht",
            "cpv",
            "starts_on",
            "ends_on",
        )
        labels = {
            "title": "Objet",
            "description": "Besoin",
            "full_cost_eur_ht": "Coût complet, en euros HT",
            "starts_on": "Début souhaité",
            "ends_on": "Fin prévue",
        }
        help_texts = {
            "title": "En quelques mots. Exemple : messagerie des agents",
            "description": "Qui s’en servira, pour faire quoi, avec quelles contraintes.",
            "full_cost_eur_ht": "Construction et exploitation. Laissez vide si vous ne savez pas.",
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 6}),
            "starts_on": forms.DateInput,
            "ends_on": forms.DateInput,
        }

    def clean_service_models(self) -> list[str] | None:
        return sorted(self.cleaned_data["service_models"]) or None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error(
                "ends_on",
                f"La date de fin ({end:%d/%m/%Y}) précède le début ({start:%d/%m/%Y}). "
                f"Choisissez une date à partir du {start:%d/%m/%Y}.",
            )
        return cleaned

    def _post_clean(self) -> None:
        """The action writes: the instance must keep what was read, for the conflict page."""


class RequirementsForm(MarketModelForm):
    """What the need asks of an offer and of the team. Everything may wait: blank is « inconnu »."""

    categories = forms.ModelMultipleChoiceField(
        label="Catégories recherchées",
        queryset=Category.objects.none(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    criticality = forms.ChoiceField(
        label="Criticité",
        choices=[NOT_KNOWN, *Criticality.choices],
        required=False,
    )
    least_zones = forms.IntegerField(
        label="Zones géographiques au moins",
        help_text="Plusieurs zones sont attendues de tout projet dans le cloud (règle R5). De 1 à 20.",
        min_value=1,
        max_value=MOST_ZONES,
        required=False,
    )

    class Meta:
        model = Project
        fields = (
            "users",
            "categories",
            "criticality",
            "least_zones",
            "interoperability",
            "exit_plan",
            "exit_provision_eur_ht",
            "portability",
            "equivalents",
        )
        labels = {
            "interoperability": "Interopérabilité",
            "exit_plan": "Sortie",
            "exit_provision_eur_ht": "Provision pour la sortie, en euros HT",
            "portability": "Portabilité",
            "equivalents": "Équivalents cherchés avant tout développement",
        }
        help_texts = {
            "users": "Qui, et combien. Exemple : 2 500 agents, puis 4 000.",
            "interoperability": "Formats, protocoles, logiciels à relier.",
            "exit_plan": "Comment les données reviennent, en combien de temps, avec qui (règle R4).",
            "exit_provision_eur_ht": "Mise de côté dès le lancement (règle R4).",
            "portability": "Ce qui attacherait le projet à une plateforme, comment on l’évite (règle R10).",
            "equivalents": "Logiciels libres, communs, offres du marché : ce qui existe, et pourquoi "
            "il suffit ou non (règle R13).",
        }
        widgets = {
            name: forms.Textarea(attrs={"rows": 4})
            for name in ("users", "interoperability", "exit_plan", "portability", "equivalents")
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        categories: Any = self.fields["categories"]
        categories.queryset = Category.objects.open()

    def clean_categories(self) -> list[str] | None:
        return sorted(category.code for category in self.cleaned_data["categories"]) or None

    def _post_clean(self) -> None:
        """As for the need: the action writes."""


class DocumentForm(MarketForm):
    title = forms.CharField(label="Titre", max_length=160)
    document = forms.FileField(label="Document", help_text="PDF, OpenDocument ou image, 10 Mo au plus.")


class AuthorForm(MarketForm):
    author = forms.ModelChoiceField(
        label="Personne à ajouter",
        help_text="Prescripteurs de votre administration.",
        queryset=User.objects.none(),
    )

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        members = Membership.objects.holding(Role.REQUESTER).filter(organisation_id=project.organisation_id)
        self.fields["author"].queryset = (
            User.objects.filter(pk__in=members.values("user_id"))
            .exclude(pk__in=project.authors.values("pk"))
            .order_by("full_name", "pk")
        )


class ChooseProjectForm(MarketForm):
    """Which of my open projects an offer goes to."""

    project = forms.ModelChoiceField(
        label="Dans quel projet ?",
        queryset=Project.objects.none(),
        widget=forms.RadioSelect,
        to_field_name="number",
        empty_label=None,
    )

    def __init__(self, *args: Any, user: User, organisation_id: int, **options: Any) -> None:
        super().__init__(*args, **options)
        mine = Project.objects.open().written_by(user).filter(organisation_id=organisation_id)
        self.fields["project"].queryset = mine
