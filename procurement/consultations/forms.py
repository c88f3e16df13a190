"""Forms of the buyer's side of a consultation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from catalog.enums import Scheme
from catalog.models import Supplier
from marketplace.ui.forms import MarketForm, MarketModelForm
from procurement.consultations.delays import reduction_faults
from procurement.consultations.enums import (
    MOST_CRITERIA,
    MOST_INVITED,
    MOST_LOTS,
    MOST_PRICE_ITEMS,
    MOST_QUESTION,
    MOST_REASON,
    MOST_TEXT,
    Access,
    ConsultationKind,
    CriterionKind,
    PriceFormula,
)
from procurement.consultations.formulas import FORMULAS
from procurement.consultations.schedule import faults_of
from procurement.forms.supplier_lines import HELP, suppliers_read
from procurement.models import Consultation, SystemCategory

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from marketplace.accounts.models import User

BLANKS = 3
DEFAULTED = {"candidature_days", "candidates_least"}
OF_FORMALISED = (
    "reduction", "reduction_reason", "prior_notice_on", "candidature_days", "selection_criteria",
    "candidates_least", "candidates_most",
)  # fmt: skip


def area(label: str, most: int, *, rows: int = 5, help_text: str = "", required: bool = True) -> Any:
    return forms.CharField(
        label=label,
        max_length=most,
        help_text=help_text,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class ConsultationForm(MarketModelForm):
    required_schemes = forms.MultipleChoiceField(
        label="Qualifications et certifications exigées",
        help_text="En vigueur sur une offre référencée du fournisseur. Il le sait avant de commencer.",
        choices=[(code, label) for code, label in Scheme.choices if code != Scheme.OTHER],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    description = area(
        "Ce qui est attendu", MOST_TEXT, rows=8, help_text="Le besoin, ses contraintes, ce que l’on jugera."
    )
    price_formula = forms.ChoiceField(
        label="Formule du prix",
        help_text=" ".join(f"{one.label} : {one.text}" for one in FORMULAS.values()),
        choices=PriceFormula.choices,
        widget=forms.RadioSelect,
    )
    selection_criteria = area(
        "Critères du choix des candidats",
        MOST_TEXT,
        rows=4,
        help_text="En procédure restreinte. Objectifs, non discriminatoires, publiés.",
        required=False,
    )
    reduction_reason = area(
        "Motif du délai réduit",
        MOST_REASON,
        rows=3,
        help_text="Il est publié avec la consultation.",
        required=False,
    )
    closing_time = forms.TimeField(
        label="Heure de clôture",
        help_text="Heure de Paris, comme 12:00.",
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    class Meta:
        model = Consultation
        fields = (
            "title", "description", "category", "access", "required_schemes", "pay_per_use", "response_days",
            "question_days", "answer_days", "closing_time", "reduction", "reduction_reason",
            "prior_notice_on", "candidature_days", "selection_criteria", "candidates_least",
            "candidates_most", "price_formula",
        )  # fmt: skip
        labels = {
            "title": "Objet",
            "category": "Catégorie du système d’acquisition dynamique",
            "access": "Qui peut répondre",
            "pay_per_use": "Les réponses payées à l’usage sont acceptées",
            "response_days": "Jours ouvrés pour répondre",
            "question_days": "Fin des questions, en jours ouvrés avant la clôture",
            "answer_days": "Dernières réponses aux questions, en jours ouvrés avant la clôture",
            "reduction": "Raison d’un délai réduit",
            "prior_notice_on": "Avis de préinformation envoyé le",
            "candidature_days": "Jours ouvrés pour candidater",
            "candidates_least": "Candidats invités au moins",
            "candidates_most": "Candidats invités au plus",
        }
        help_texts = {
            "response_days": "De la publication à la clôture. Laissez le temps que la réponse demande.",
            "reduction": "Laissez vide pour garder le délai de la procédure.",
            "prior_notice_on": "Si c’est la raison donnée.",
            "candidature_days": "En procédure restreinte, de la publication au terme des candidatures.",
            "candidates_least": "En procédure restreinte. Publié.",
            "candidates_most": "En procédure restreinte. Publié.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Only a formalised procedure has a delay that a text brings down, or calls candidates first."""
        super().__init__(*args, **kwargs)
        self._keep_category()
        formalised = self.instance.kind == ConsultationKind.FORMALISED
        other = Access.INVITED if formalised else Access.RESTRICTED
        access: Any = self.fields["access"]
        access.choices = [one for one in access.choices if one[0] != other]
        for name in OF_FORMALISED:
            if not formalised:
                del self.fields[name]
            elif name in DEFAULTED:
                self.fields[name].required = False

    def _keep_category(self) -> None:
        """Those of its system; without any, the question is not asked."""
        own = SystemCategory.objects.none()
        if self.instance.kind == ConsultationKind.SPECIFIC:
            own = SystemCategory.objects.filter(system__vehicle=self.instance.route_choice.vehicle_id)
        field: Any = self.fields["category"]
        field.queryset = own
        if not own.exists():
            del self.fields["category"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        names = ("response_days", "question_days", "answer_days")
        if all(said.get(name) is not None for name in names):
            for field, message in faults_of(**{name: said[name] for name in names}).items():
                self.add_error(field, message)
        for name in DEFAULTED & set(self.fields):
            # Of no use to an open call: what is kept stays.
            if said.get(name) is None and name not in self.errors:
                said[name] = getattr(self.instance, name)
        self._clean_reduction(said)
        return said

    def _clean_reduction(self, said: dict[str, Any]) -> None:
        if "reduction" not in self.fields or {"reduction", "prior_notice_on"} & set(self.errors):
            return
        faults = reduction_faults(
            reduction=said["reduction"],
            reason=said["reduction_reason"],
            prior_on=said["prior_notice_on"],
        )
        for field, (_, message) in faults.items():
            self.add_error(field, message)


class RowsForm(MarketForm):
    """Rows of the same fields; an empty row is no row. `rows` groups the fields for the page."""

    body_template = "procurement/consultations/_rows.html"
    row_label = ""
    most = 1
    columns: tuple[str, ...] = ()

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, rows: Sequence[dict[str, Any]] = (), **kwargs: Any
    ) -> None:
        initial = {f"{name}_{n}": row[name] for n, row in enumerate(rows, 1) for name in self.columns}
        self.count = min(self.most, max(len(rows) + BLANKS, self._posted(data or {})))
        # Before the base class dresses the fields: those added later have no class of the design system.
        self.base_fields = {
            f"{name}_{number}": self.make_field(name, number)
            for number in range(1, self.count + 1)
            for name in self.columns
        }
        super().__init__(data, initial=initial, **kwargs)

    def _posted(self, data: Mapping[str, Any]) -> int:
        """Rows that were sent, so that what was typed comes back."""
        first = self.columns[0]
        return sum(f"{first}_{number}" in data for number in range(1, self.most + 1))

    def make_field(self, name: str, number: int) -> forms.Field:
        raise NotImplementedError

    @property
    def rows(self) -> list[tuple[str, list[Any]]]:
        return [
            (f"{self.row_label} {number}", [self[f"{name}_{number}"] for name in self.columns])
            for number in range(1, self.count + 1)
        ]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(1, self.count + 1):
            if not self._is_empty(number):
                self._need_whole(number)
        return said

    def _is_empty(self, number: int) -> bool:
        first = f"{self.columns[0]}_{number}"
        return not self.cleaned_data.get(first) and first not in self.errors

    def _need_whole(self, number: int) -> None:
        for name in self.columns:
            key = f"{name}_{number}"
            field = self.fields[key]
            if isinstance(field, forms.BooleanField) or getattr(field, "may_be_empty", False):
                continue
            if self.cleaned_data.get(key) in (None, "") and key not in self.errors:
                self.add_error(key, f"Répondez à « {field.label} ».")

    def values(self) -> list[dict[str, Any]]:
        """Call after is_valid()."""
        return [
            {name: self.cleaned_data[f"{name}_{number}"] for name in self.columns}
            for number in range(1, self.count + 1)
            if not self._is_empty(number)
        ]


class CriteriaForm(RowsForm):
    row_label, most, columns = "Critère", MOST_CRITERIA, ("label", "kind", "weight")

    def make_field(self, name: str, number: int) -> forms.Field:
        if name == "kind":
            return forms.ChoiceField(
                label="Nature", choices=[("", "Choisissez"), *CriterionKind.choices], required=False
            )
        if name == "weight":
            return forms.IntegerField(label="Poids sur 100", min_value=1, max_value=100, required=False)
        return forms.CharField(label="Critère", max_length=160, required=False)


class LotsForm(RowsForm):
    row_label, most, columns = "Lot", MOST_LOTS, ("title", "description")

    def make_field(self, name: str, number: int) -> forms.Field:
        if name == "title":
            return forms.CharField(label="Objet", max_length=160, required=False)
        field = area("Description", MOST_TEXT, rows=3, required=False)
        field.may_be_empty = True
        made: forms.Field = field
        return made


class PriceItemsForm(RowsForm):
    row_label, most, columns = "Poste", MOST_PRICE_ITEMS, ("label", "unit", "quantity", "is_usage")

    def make_field(self, name: str, number: int) -> forms.Field:
        if name == "quantity":
            return forms.DecimalField(
                label="Quantité",
                min_value=0,
                max_digits=14,
                decimal_places=3,
                localize=True,
                required=False,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )
        if name == "is_usage":
            return forms.BooleanField(label="Payé à l’usage : la quantité est une estimation", required=False)
        label, most = ("Poste", 160) if name == "label" else ("Unité, comme « poste et mois »", 60)
        return forms.CharField(label=label, max_length=most, required=False)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        for number in range(1, self.count + 1):
            if said.get(f"quantity_{number}") == 0:
                self.add_error(f"quantity_{number}", "La quantité est plus grande que zéro.")
        return said


class InvitedForm(MarketForm):
    """One supplier a line: its SIREN, or the name of its sheet."""

    suppliers = area(
        "Fournisseurs invités",
        MOST_TEXT,
        rows=8,
        required=False,
        help_text=HELP,
    )

    def clean_suppliers(self) -> list[Supplier]:
        return suppliers_read(self.cleaned_data["suppliers"], most=MOST_INVITED)


class DocumentForm(MarketForm):
    title = forms.CharField(label="Titre du document", max_length=160)
    file = forms.FileField(
        label="Fichier", help_text="PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo."
    )


class HoldersForm(MarketForm):
    """Three selects over the members of the administration."""

    def __init__(self, *args: Any, members: Iterable[User], **kwargs: Any) -> None:
        choices = [("", "Choisissez"), *((str(one.pk), str(one)) for one in members)]
        labels = {
            "first": "Première personne qui ouvre",
            "second": "Deuxième personne qui ouvre",
            "recovery": "Personne qui garde le secours",
        }
        # Before the base class dresses the fields.
        self.base_fields = {
            name: forms.ChoiceField(label=label, choices=choices) for name, label in labels.items()
        }
        self.base_fields[
            "recovery"
        ].help_text = "Son secret reste hors ligne. Il sert si l’une des deux manque."
        super().__init__(*args, **kwargs)

    def keys(self) -> dict[int, int]:
        said = self.cleaned_data
        return {place: int(said[name]) for place, name in enumerate(("first", "second", "recovery"), 1)}


class ReplaceForm(MarketForm):
    person = forms.ChoiceField(label="Nouvelle personne")
    reason = area("Motif", MOST_REASON, rows=3)

    def __init__(self, *args: Any, members: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [
            ("", "Choisissez"),
            *((str(one.pk), str(one)) for one in members),
        ]


class SecretForm(MarketForm):
    secret = forms.CharField(
        label="Votre secret",
        help_text="Huit groupes de quatre lettres et chiffres. Il n’est pas gardé.",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class ReasonForm(MarketForm):
    reason = area("Motif", MOST_REASON, help_text="Il est publié avec la consultation.")


class PublishForm(MarketForm):
    attested = forms.BooleanField(
        label="J’ai relu ce qui sera public : rien n’y est secret ni personnel",
        help_text="Dû pour une consultation ouverte à tous : ses données ouvertes partent aussitôt.",
        required=False,
    )


class AnnounceForm(MarketForm):
    text = area("Ce qui change", MOST_TEXT, help_text="Tous le lisent au même moment. Rien ne s’efface.")
    title = forms.CharField(
        label="Titre du document joint", max_length=160, required=False, help_text="Si vous en joignez un."
    )
    file = forms.FileField(
        label="Document", required=False, help_text="PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo."
    )


class ExtendForm(MarketForm):
    closes_on = forms.DateField(label="Nouveau jour de clôture")
    at = forms.TimeField(
        label="Heure", help_text="Heure de Paris.", widget=forms.TimeInput(attrs={"type": "time"})
    )
    after_outage = forms.BooleanField(
        label="Ce report suit une indisponibilité de la place de marché", required=False
    )
    reason = area("Motif", MOST_REASON, rows=3)


class QuestionForm(MarketForm):
    text = area(
        "Votre question",
        MOST_QUESTION,
        help_text="Elle est publiée avec sa réponse, sans votre nom : n’écrivez rien qui vous désigne.",
    )


class AnswerForm(MarketForm):
    answer = area("Réponse", MOST_TEXT, help_text="Publiée à tous avec la question.")
