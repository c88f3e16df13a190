"""The form bases of every page: DSFR classes, hint and error both described, NUL refused."""

from typing import Any, Self

from django import forms
from django.http import HttpRequest
from dsfr.forms import DsfrBaseForm, DsfrBoundField

from marketplace.tax_basis import TaxBasis

NUL_MESSAGE = "Ce texte contient un caractère interdit (NUL). Retirez-le puis recommencez."


class MarketBoundField(DsfrBoundField):
    """Chooses our field templates, which keep the hint described when there is an error."""

    @property
    def template_name(self) -> str:
        if self.field.template_name:
            return self.field.template_name
        if isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "components/field_group.html"
        if isinstance(self.field.widget, forms.CheckboxInput):
            return "components/field_checkbox.html"
        if isinstance(self.field.widget, forms.FileInput):
            return "components/field_file.html"
        return "components/field_input.html"

    @property
    def anchor(self) -> str:
        """The id a link of the error summary points to: the control itself, or the first of a group."""
        if isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return f"{self.auto_id}_0"
        return self.id_for_label or self.auto_id

    @property
    def describedby(self) -> str:
        """Hint first, then the scan of a kept file, then error: what the field is, then what is wrong."""
        ids = [f"{self.auto_id}_helptext"] if self.help_text else []
        if getattr(self.field, "kept", None):
            ids.append(f"{self.auto_id}_scan")
        if self.errors:
            ids.append(f"{self.auto_id}_error")
        return " ".join(ids)

    @property
    def aria_describedby(self) -> str | None:
        """A kept file's scan is heard too; other controls as Django says."""
        return self.describedby if getattr(self.field, "kept", None) else super().aria_describedby


class MarketForm(DsfrBaseForm):
    """Base of all forms. Renders with ``{% market_form form %}`` (never ``{{ form.as_p }}``)."""

    template_name = "components/form.html"
    bound_field_class = MarketBoundField
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bound in self.visible_fields():
            self._dress(bound)

    @classmethod
    def of(cls, request: HttpRequest, **kwargs: Any) -> Self:
        """Bound on POST, even an empty one (``request.POST or None`` shows no error then)."""
        if request.method == "POST":
            return cls(request.POST, request.FILES, **kwargs)
        return cls(**kwargs)

    def _dress(self, bound: forms.BoundField) -> None:
        field = bound.field
        if str(field.error_messages.get("required")) == str(forms.Field.default_error_messages["required"]):
            field.error_messages["required"] = f"Répondez à « {bound.label} »."
        if isinstance(field.widget, forms.FileInput):
            field.widget.attrs.setdefault("class", "fr-upload")
        if type(field.widget) is forms.DateInput:
            field.widget.input_type = "date"
            field.widget.format = "%Y-%m-%d"

    def full_clean(self) -> None:
        """A NUL is taken out before any validator or query sees it, then refused on its field."""
        guilty = self._take_out_nul()
        super().full_clean()
        for name in guilty:
            self.add_error(name, NUL_MESSAGE)

    def _take_out_nul(self) -> list[str]:
        if not self.is_bound:
            return []
        guilty = [
            name
            for name in self.fields
            if any("\x00" in str(value) for value in _raw_values(self.data, self.add_prefix(name)))
        ]
        if guilty:
            self.data = _without_nul(self.data, [self.add_prefix(name) for name in guilty])
        return guilty

    def get_context(self) -> dict[str, Any]:
        """Without django-dsfr's transitional warnings (warnings are errors here)."""
        return forms.Form.get_context(self)


class MarketModelForm(MarketForm, forms.ModelForm):
    """The same for a model: ``class OfferForm(MarketModelForm): class Meta: …``."""


def _raw_values(data: Any, key: str) -> list[object]:
    if hasattr(data, "getlist"):
        return list(data.getlist(key))
    value = data.get(key)
    return list(value) if isinstance(value, list | tuple) else [value]


def _without_nul(data: Any, keys: list[str]) -> Any:
    clean = data.copy()
    for key in keys:
        values = [str(value).replace("\x00", "") for value in _raw_values(data, key)]
        if hasattr(clean, "setlist"):
            clean.setlist(key, values)
        else:
            clean[key] = values[0] if len(values) == 1 else values
    return clean


def basis_choice(label: str, **options: Any) -> forms.ChoiceField:
    """« HT » or « TTC », HT until said otherwise: the field of a ceiling's basis."""
    return forms.ChoiceField(
        label=label,
        choices=TaxBasis.choices,
        widget=forms.RadioSelect,
        initial=TaxBasis.HT,
        **options,
    )
