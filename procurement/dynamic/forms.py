from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from procurement.applications.enums import MOST_REASON, MOST_TEXT
from procurement.applications.forms import ApplicationForm
from procurement.consultations.forms import RowsForm, area
from procurement.dynamic.enums import MOST_CATEGORIES
from procurement.forms.vehicles import TermsForm
from procurement.forms.versioned import VersionedForm
from procurement.models import SystemCategory


class SystemForm(TermsForm):
    title = forms.CharField(label="Objet", max_length=160)
    reference = forms.CharField(label="Référence", help_text="Celle de votre avis de marché.", max_length=100)
    description = area("Achats envisagés et quantité estimée", MOST_TEXT)
    criteria = area(
        "Critères de sélection", MOST_TEXT, help_text="Capacités et justificatifs demandés aux candidats."
    )
    notice_sent_on = forms.DateField(
        label="Avis de marché envoyé le",
        help_text="Aucun marché spécifique n’est lancé avant la fin de la première réception.",
    )
    field_order = (
        "title", "reference", "notice_sent_on", "description", "criteria", "starts_on", "ends_on",
        "maximum_eur", "maximum_basis",
    )  # fmt: skip


class CategoriesForm(RowsForm):
    row_label, most, columns = "Catégorie", MOST_CATEGORIES, ("title", "criteria")

    def make_field(self, name: str, number: int) -> forms.Field:
        if name == "title":
            return forms.CharField(label="Intitulé", max_length=160, required=False)
        made: forms.Field = area("Critères de sélection", MOST_TEXT, rows=3, required=False)
        return made


class AskForm(ApplicationForm):
    def __init__(self, *args: Any, categories: Sequence[SystemCategory] = (), **kwargs: Any) -> None:
        if categories:
            # Before the base class dresses the fields.
            field = forms.ModelChoiceField(
                SystemCategory.objects.filter(pk__in=[one.pk for one in categories]),
                label="Catégorie",
                empty_label="Choisissez",
            )
            self.base_fields = {"category": field, **self.base_fields}
        super().__init__(*args, **kwargs)


class ReasonForm(VersionedForm):
    reason = area("Motif", MOST_REASON, rows=4, help_text="L’autre partie le lira.")
