from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from procurement.forms.versioned import VersionedForm
from procurement.statements.writing import UsageFile

if TYPE_CHECKING:
    from catalog.models import PriceLine

WRONG = "Indiquez une quantité de 0 ou plus, comme 12 ou 12,5."
FILE_HELP = (
    "CSV en UTF-8, une ligne par ressource, première ligne « composant;quantite », "
    "colonnes « jour » et « ressource » facultatives. 200 Mo au plus, tel quel ou compressé en gzip : "
    "il est gardé comme il est reçu."
)
PREFIX = "q_"


def file_field(*, required: bool) -> forms.FileField:
    return forms.FileField(label="Fichier d’usage", help_text=FILE_HELP, required=required)


class QuantitiesForm(VersionedForm):
    """A field per component of the ordered formula."""

    def __init__(
        self,
        *args: Any,
        components: Iterable[PriceLine],
        known: dict[str, Decimal] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for line in components:
            field = forms.DecimalField(
                label=line.label,
                help_text=f"En {line.unit}" if line.unit else "",
                required=False,
                min_value=0,
                max_digits=17,
                decimal_places=6,
                localize=True,
                initial=(known or {}).get(line.code),
                error_messages=dict.fromkeys(
                    ("invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits"), WRONG
                ),
                widget=forms.TextInput(attrs={"class": "fr-input", "inputmode": "decimal"}),
            )
            self.fields[PREFIX + line.code] = field
        for bound in self.visible_fields():
            self._dress(bound)

    def rows(self) -> list[tuple[str, Decimal]]:
        """Call after is_valid(); an empty field says nothing."""
        given = self.cleaned_data.items()
        return [(name[len(PREFIX) :], value) for name, value in given if _is_given(name, value)]


def _is_given(name: str, value: object) -> bool:
    return name.startswith(PREFIX) and value is not None


class StatementForm(QuantitiesForm):
    starts_on = forms.DateField(label="Premier jour", widget=forms.DateInput)
    ends_on = forms.DateField(label="Dernier jour", help_text="Compris.", widget=forms.DateInput)
    file = file_field(required=False)


class FileForm(VersionedForm):
    file = file_field(required=True)


class CorrectionForm(VersionedForm):
    """Two fields per line of the file that could not be read: what it should have said."""

    def __init__(
        self,
        *args: Any,
        faults: list[dict[str, Any]],
        components: Iterable[PriceLine],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.numbers = [int(fault["line"]) for fault in faults]
        choices = [("", "Choisissez un composant"), *((line.code, line.label) for line in components)]
        for fault in faults:
            number = fault["line"]
            self.fields[f"line_{number}"] = forms.ChoiceField(
                label=f"Ligne {number} : composant",
                help_text=f"Lue « {fault['text']} ». {fault['message']}",
                choices=choices,
                widget=forms.Select(attrs={"class": "fr-select"}),
            )
            self.fields[f"quantity_{number}"] = forms.CharField(
                label=f"Ligne {number} : quantité",
                help_text="0 pour l’écarter.",
                max_length=40,
                widget=forms.TextInput(attrs={"class": "fr-input", "inputmode": "decimal"}),
            )
        for bound in self.visible_fields():
            self._dress(bound)

    def lines(self) -> dict[int, tuple[str, str]]:
        """Call after is_valid()."""
        said = self.cleaned_data
        return {number: (said[f"line_{number}"], said[f"quantity_{number}"]) for number in self.numbers}


class AttestForm(VersionedForm):
    service_done_on = forms.DateField(
        label="Service fait le",
        help_text="Le jour où le service a réellement été rendu, pas celui de la facture.",
        widget=forms.DateInput,
    )


def usage_file(upload: Any) -> UsageFile | None:
    """The stream of an upload, read from the disk where Django put it."""
    return None if upload is None else UsageFile(upload.name or "releve.csv", upload.file)
