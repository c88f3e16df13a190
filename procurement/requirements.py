"""The need of a project in words: for its page, for its paper."""

from __future__ import annotations

from catalog.enums import ServiceModel
from catalog.models import Category
from marketplace.ui.typography import date_text, euros
from procurement.models import Project
from procurement.reference.cpv import label_of

Pairs = list[tuple[str, str]]


def told_of(project: Project) -> dict[str, Pairs]:
    """What a frozen list keeps of the need of its day; one query."""
    return {"need": facts_of_need(project), "requirements": facts_of_requirements(project)}


def facts_of_need(project: Project) -> Pairs:
    """Label and value, empty when unknown; no query."""
    models = ", ".join(str(ServiceModel(code).label) for code in project.service_models or ())
    return [
        ("Besoin", project.description),
        ("Nature du projet", project.get_project_kind_display()),
        ("Hébergement envisagé", project.get_hosting_display()),
        ("Modèles de service recherchés", models),
        ("Début souhaité", date_text(project.starts_on) if project.starts_on else ""),
        ("Fin prévue", date_text(project.ends_on) if project.ends_on else ""),
        ("Coût complet", euros(project.full_cost_eur_ht, tax="HT")),
        ("Code CPV", label_of(project.cpv) if project.cpv else ""),
    ]


def facts_of_requirements(project: Project) -> Pairs:
    """One query, for the names of the categories."""
    codes = project.categories or ()
    labels = Category.objects.filter(code__in=codes).values_list("label", flat=True) if codes else ()
    return [
        ("Utilisateurs", project.users),
        ("Catégories recherchées", ", ".join(labels)),
        ("Criticité", project.get_criticality_display()),
        ("Zones géographiques au moins (R5)", str(project.least_zones or "")),
        ("Interopérabilité", project.interoperability),
        ("Sortie (R4)", project.exit_plan),
        ("Provision pour la sortie (R4)", euros(project.exit_provision_eur_ht, tax="HT")),
        ("Portabilité (R10)", project.portability),
        ("Équivalents cherchés (R13)", project.equivalents),
    ]
