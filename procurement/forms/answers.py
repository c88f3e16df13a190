"""The questions of the analysis, one idea a page, with « Je ne sais pas » everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from catalog.enums import ServiceModel
from marketplace.accounts.enums import BUYER_KINDS, OrganisationKind
from marketplace.ui.forms import MarketForm
from procurement.enums import Aspect, Harm, Hosting, OpinionVerdict, ProjectKind, SensitiveData
from procurement.facts import aspects_by_harm

UNKNOWN, NONE = "unknown", "none"
DO_NOT_KNOW = "Je ne sais pas"
NOTHING_TICKED = "Choisissez au moins une réponse, ou « Je ne sais pas »."
QUESTION = "procurement/doctrine/_question.html"
Choices = Sequence[tuple[str, str]]


class OneAnswer(forms.ChoiceField):
    """Radios. Cleans to the code, or None for « Je ne sais pas »."""

    widget = forms.RadioSelect

    def __init__(self, choices: Choices, *, examples: Sequence[str] = (), **options: Any) -> None:
        self.examples = examples
        options.setdefault("error_messages", {"required": NOTHING_TICKED})
        choices = [*choices, (UNKNOWN, DO_NOT_KNOW)]
        super().__init__(choices=choices, template_name=QUESTION, **options)

    def clean(self, value: Any) -> str | None:
        code = super().clean(value)
        return None if code == UNKNOWN else code

    def shown(self, answer: Any) -> str:
        return UNKNOWN if answer is None else str(answer)


class YesNo(OneAnswer):
    """Cleans to True, False, or None for « Je ne sais pas »."""

    def __init__(self, **options: Any) -> None:
        super().__init__([("yes", "Oui"), ("no", "Non")], **options)

    def clean(self, value: Any) -> bool | None:  # type: ignore[override]  # an answer is not a code
        code = super().clean(value)
        return None if code is None else code == "yes"

    def shown(self, answer: Any) -> str:
        return UNKNOWN if answer is None else "yes" if answer else "no"


class SeveralAnswers(forms.MultipleChoiceField):
    """Boxes. Cleans to a list of codes, [] for « aucune », None for « Je ne sais pas »."""

    widget = forms.CheckboxSelectMultiple

    def __init__(
        self, choices: Choices, *, none_label: str = "", examples: Sequence[str] = (), **options: Any
    ) -> None:
        self.examples = examples
        self.none_label = none_label
        last = [(NONE, none_label)] if none_label else []
        said = f"Choisissez au moins une réponse, ou « {none_label} »." if none_label else NOTHING_TICKED
        options.setdefault("error_messages", {"required": said})
        choices = [*choices, *last, (UNKNOWN, DO_NOT_KNOW)]
        super().__init__(choices=choices, template_name=QUESTION, **options)

    def clean(self, value: Any) -> list[str] | None:
        codes = super().clean(value)
        if len(codes) > 1 and (NONE in codes or UNKNOWN in codes):
            alone = self.none_label if NONE in codes else DO_NOT_KNOW
            raise forms.ValidationError(
                f"« {alone} » ne se coche pas avec une autre réponse. Décochez l’une des deux."
            )
        if codes == [UNKNOWN]:
            return None
        return [] if codes == [NONE] else sorted(codes)

    def shown(self, answer: Any) -> list[str]:
        if answer is None:
            return [UNKNOWN]
        return list(answer) or [NONE]


class AnswersForm(MarketForm):
    """A page of the dialogue. `answers` holds earlier answers by fact name; a name absent is not answered."""

    def __init__(self, *args: Any, answers: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, answer in (answers or {}).items():
            if name in self.fields:
                self.initial[name] = self._shown(name, answer)

    def _shown(self, name: str, answer: Any) -> Any:
        shown = getattr(self.fields[name], "shown", None)
        return answer if shown is None else shown(answer)


BUYER_CHOICES = [(kind.value, kind.label) for kind in OrganisationKind if kind in BUYER_KINDS]


class AdministrationForm(AnswersForm):
    """« Votre administration » : who buys, what, how it would be hosted."""

    buyer_kind = OneAnswer(BUYER_CHOICES, label="Quel est votre type d’administration ?")
    project_kind = OneAnswer(
        ProjectKind.choices,
        label="Votre projet est…",
        examples=[
            "Changer de prestataire est une évolution majeure.",
            "Des travaux qui valent au moins la moitié du coût de départ le sont aussi.",
        ],
    )
    hosting = OneAnswer(
        Hosting.choices,
        label="Où le système serait-il hébergé ?",
        examples=[
            "Cloud commercial : une offre vendue par un fournisseur.",
            "Cloud interne : une offre conçue et exploitée par un ministère, ouverte aux autres.",
        ],
    )
    service_models = SeveralAnswers(ServiceModel.choices, label="Quels modèles de service cherchez-vous ?")
    full_cost_eur_ht = forms.DecimalField(
        label="Quel est le coût complet du projet, en euros HT ?",
        help_text="Construction et exploitation. Laissez vide si vous ne savez pas.",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
    )


class ProjectFactsForm(AdministrationForm):
    """The same inside a project: its administration is known."""

    buyer_kind = None


class DataForm(AnswersForm):
    sensitive_data = SeveralAnswers(
        SensitiveData.choices,
        none_label="Aucune de ces situations",
        label="Vos données sont-elles d’une sensibilité particulière ?",
        help_text="Cochez ce qui décrit au moins une partie des données.",
        examples=[
            "Secret protégé par la loi (code des relations entre le public et l’administration, articles "
            "L. 311-5 et L. 311-6) : délibérations du Gouvernement, défense nationale, sûreté de l’État, "
            "procédures en justice ; vie privée, secret médical, secret des affaires.",
            "Mission essentielle : sécurité nationale, ordre public, protection de la santé et de la vie.",
        ],
    )
    personal_data = YesNo(
        label="Le système traite-t-il des données personnelles ?",
        examples=["Un annuaire d’agents, une adresse électronique, un journal de connexions en contiennent."],
    )
    health_data = YesNo(
        label="Le système traite-t-il des données de santé ?",
        examples=["Un dossier de patient, un arrêt de travail, le suivi d’un handicap."],
    )


@dataclass(frozen=True)
class BoxOfHarm:
    """One box of the grid, whole for who hears it alone."""

    harm: str
    aspect: str

    def __str__(self) -> str:
        return f"{self.harm} : {self.aspect.lower()}"


class AspectsGrid(forms.MultipleChoiceField):
    """Optional boxes, a row a harm. Cleans to `{harm: [aspects]}`, None when none is told."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        boxes = [
            (f"{harm.value}:{aspect.value}", BoxOfHarm(harm.label, aspect.label))
            for harm in Harm
            for aspect in Aspect
        ]
        template = "procurement/doctrine/_aspects.html"
        super().__init__(choices=boxes, required=False, template_name=template, **options)

    def clean(self, value: Any) -> dict[str, list[str]] | None:
        pairs = (code.split(":") for code in super().clean(value))
        return aspects_by_harm((harm, aspect) for harm, aspect in pairs) or None

    def shown(self, answer: Any) -> list[str]:
        return [f"{harm}:{aspect}" for harm, aspects in (answer or {}).items() for aspect in aspects]


class HarmsForm(AnswersForm):
    harms = SeveralAnswers(
        Harm.choices,
        none_label="Aucune de ces situations",
        label="Une atteinte à ces données toucherait-elle…",
        help_text="Pensez à la confidentialité, à l’intégrité, à la disponibilité et à la traçabilité.",
        examples=[
            "Santé ou vie : une ordonnance modifiée, une ambulance qui n’est pas envoyée.",
            "Sécurité publique : le plan d’une prison publié.",
            "Propriété intellectuelle : un procédé industriel confié à l’administration et volé.",
        ],
    )
    harm_aspects = AspectsGrid(
        label="Par quelle atteinte ?",
        help_text="Pour chaque dommage coché, dites ce qui serait touché.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        strangers = (cleaned.get("harm_aspects") or {}).keys() - set(cleaned.get("harms") or ())
        if "harms" in cleaned and strangers:
            words = ", ".join(f"« {harm.label} »" for harm in Harm if harm in strangers)
            message = f"Cochez aussi {words} dans la première question, ou retirez son atteinte."
            self.add_error("harm_aspects", message)
        return cleaned


class OpinionForm(MarketForm):
    verdict = forms.ChoiceField(label="Votre avis", widget=forms.RadioSelect, choices=OpinionVerdict.choices)
    text = forms.CharField(
        label="Ce que vous avez regardé, et pourquoi",
        help_text="Les auteurs du projet et l’autorité qualifiée le liront.",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ReasonForm(MarketForm):
    reason = forms.CharField(
        label="Motif",
        help_text="Les personnes concernées le liront.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
