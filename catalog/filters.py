"""The one FilterSet of offers: pages and API read the same parameters through it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import django_filters
from django import forms
from django.forms.utils import ErrorList
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property

from catalog.categories import EMPTY, CategoryTree, category_tree
from catalog.forms.usage import DEFAULT_PLACE, RankedUsageForm
from catalog.models import OfferSearchRow
from catalog.prices.usage import Usage
from catalog.search.facets import FACETS, PRICE_LABEL, PRICE_MAX, RANGES, Facet, values_for
from catalog.search.query import MAX_PAGE_SIZE, ORDERINGS, PAGE_SIZE, Bounds, OfferQuery

MAX_TEXT = 200
MAX_VALUES = 50
MIN_NUMBER = 0
USAGE_PARAMETERS = tuple(RankedUsageForm.base_fields)
PLAIN_PARAMETERS = frozenset({"page", "page_size", "fields", "facets", "format"})
OUR_PARAMETERS = PLAIN_PARAMETERS.union(USAGE_PARAMETERS)


class CodesField(forms.Field):
    """Repeated codes of one facet. Aliases are spelled out; case does not matter."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, facet: Facet, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(**options)
        self.facet = facet
        self.categories: CategoryTree = EMPTY

    def clean(self, value: Iterable[str] | None) -> tuple[str, ...]:
        """Raises ValidationError on an unknown code."""
        known, refused = codes_of(self.facet, value or (), categories=self.categories)
        if refused:
            raise forms.ValidationError(
                "« %(word)s » n’est pas une valeur de ce filtre. "
                "Choisissez parmi celles que donne « facets=1 ».",
                code="unknown_value",
                params={"word": refused[0]},  # a « % » typed by the client is no format
            )
        return known


def codes_of(
    facet: Facet, words: Iterable[str], *, categories: CategoryTree
) -> tuple[tuple[str, ...], list[str]]:
    """The values that these words stand for, and the words that stand for none."""
    known: dict[str, None] = {}
    refused: list[str] = []
    for word in list(words)[:MAX_VALUES]:
        text = str(word).replace("\x00", "").strip()
        found = values_for(facet, text, categories=categories)
        known.update(dict.fromkeys(found))
        if text and not found:
            refused.append(text[:60])
    return tuple(known), refused


class CodesFilter(django_filters.Filter):
    field_class = CodesField


class TextField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return str(value or "").replace("\x00", " ").strip()[:MAX_TEXT]


class TextFilter(django_filters.Filter):
    field_class = TextField


class NumberField(forms.DecimalField):
    """As people write it here: « 1 234,50 »."""

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value or "").translate(_NUMBER_MARKS)
        found: Decimal | None = super().to_python(text)
        return found


_NUMBER_MARKS = str.maketrans({",": ".", " ": "", "\u00a0": "", "\u202f": "", "\x00": ""})


class NumberFilter(django_filters.NumberFilter):
    field_class = NumberField


class OfferFilterSet(django_filters.FilterSet):
    """Reads parameters into an OfferQuery; the rows themselves are found by `catalog.search`.

    `lenient` (pages): what cannot be understood is left out and named in `ignored`. Strict (API): it
    is an error on its parameter; so is the usage by which the list is to be ordered. A parameter nobody
    knows is never an error: it is named in `ignored`.
    """

    q = TextFilter(label="Texte cherché, en français")
    ordering = django_filters.ChoiceFilter(choices=list(ORDERINGS.items()), label="Ordre")

    class Meta:
        model = OfferSearchRow
        fields: list[str] = []

    @classmethod
    def get_filters(cls) -> dict[str, django_filters.Filter]:
        """Those of the facets and ranges, whoever declared them: a question that filters adds its own."""
        found = dict(super().get_filters())
        for facet in FACETS.values():
            found[facet.name] = CodesFilter(facet=facet, label=facet.label, field_name=facet.name)
        for one in RANGES.values():
            for end, word in (("min", "au moins"), ("max", "au plus")):
                label = PRICE_LABEL if f"{one.name}_{end}" == PRICE_MAX else f"{one.label}, {word}"
                name = f"{one.name}_{end}"
                found[name] = NumberFilter(
                    label=label, min_value=MIN_NUMBER, max_value=10**9, field_name=name
                )
        return found

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        lenient: bool = False,
        categories: CategoryTree | None = None,
        **options: Any,
    ) -> None:
        self.lenient = lenient
        self._known, self.categories = categories, EMPTY
        ours, every = OUR_PARAMETERS, type(self).base_filters
        if lenient:
            # Read field by field: no form nor list of rows is made of them.
            self.is_bound, self.data = data is not None, QueryDict() if data is None else data
            self._given: dict[str, Any] = {}
            self._wrong: list[str] = []
        else:
            # A filter is copied with all it holds: none is, and the form below copies the fields given.
            self.base_filters: dict[str, django_filters.Filter] = {}
            super().__init__(data, **options)
        self.unknown = sorted(
            str(name)[:40] for name in (data or {}) if name not in every and name not in ours
        )

    def get_form_class(self) -> Callable[..., forms.Form]:
        """No class is made at each request: the fields given are set on a plain form."""
        every = type(self).base_filters
        fields = {name: copy.deepcopy(every[name].field) for name in every if name in self.data}

        def form(*values: Any, **options: Any) -> forms.Form:
            made = forms.Form(*values, **options)
            made.fields = fields
            return made

        return form

    def is_valid(self) -> bool:
        """One query, for the tree of categories, when none was given."""
        self.categories = self._known or category_tree()
        if self.lenient:
            self._read()
            return not self._wrong
        for field in self.form.fields.values():
            if isinstance(field, CodesField):
                field.categories = self.categories
        is_valid = bool(super().is_valid())
        wrong = self._usage_errors()
        self.form.errors.update(wrong)
        return is_valid and not wrong

    def _read(self) -> None:
        """What is given, in the order of the filters. What is not understood goes to `_wrong`: first the
        values, then the parameters."""
        every, refused, wrong = type(self).base_filters, [], []
        for name in sorted((name for name in self.data if name in every), key=_places().__getitem__):
            field = every[name].field
            if isinstance(field, CodesField):
                words = self.data.getlist(name)
                self._given[name], unknown = codes_of(field.facet, words, categories=self.categories)
                refused += [f"{name}={word}" for word in unknown]
                continue
            try:
                self._given[name] = field.clean(self.data.get(name))
            except forms.ValidationError:
                wrong.append(name)
        self._wrong = refused + wrong

    def _usage_errors(self) -> dict[str, Any]:
        """By parameter. A figure told is read even where the list is in another order."""
        if self.asks_for_usage:
            return dict(self.usage_form.errors)
        wrong: dict[str, Any] = {}
        for name in USAGE_PARAMETERS:
            if given := (self.data or {}).get(name):
                try:
                    RankedUsageForm.base_fields[name].clean(given)
                except forms.ValidationError as error:
                    wrong[name] = ErrorList(error.error_list)
        return wrong

    @property
    def asks_for_usage(self) -> bool:
        """Whether the list is to be ordered by the price of a usage."""
        return (self.data or {}).get("ordering") == "usage"

    @cached_property
    def usage_form(self) -> RankedUsageForm:
        """Bound when the list is to be ordered by the price of a usage; on a page, once one is told."""
        given: Mapping[str, Any] = self.data or {}
        is_told = not self.lenient or any(given.get(name) for name in USAGE_PARAMETERS)
        return RankedUsageForm(self.data) if self.asks_for_usage and is_told else RankedUsageForm()

    @property
    def place(self) -> str:
        """The buyer's, for the tax on the price of the usage."""
        form = self.usage_form
        told: Mapping[str, Any] = form.cleaned_data if form.is_bound and form.is_valid() else {}
        return str(told.get("place") or DEFAULT_PLACE)

    @property
    def ignored(self) -> list[str]:
        """On a page, what was not understood, in words of the address: « couleur », « hds=oups »."""
        return [*self.unknown, *self._wrong]

    def query(self, *, with_facets: bool = False, page: int = 1, page_size: int = PAGE_SIZE) -> OfferQuery:
        """Call after is_valid(). Parameters in error are left out."""
        given: Mapping[str, Any] = self._given if self.lenient else self.form.cleaned_data
        return OfferQuery(
            today=timezone.localdate(),
            q=given.get("q") or "",
            facets={name: values for name, values in given.items() if values and name in FACETS},
            price_max=given.get(PRICE_MAX),
            ranges=_ranges(given),
            ordering=given.get("ordering") or "",
            usage=self._usage(),
            page=page,
            page_size=min(page_size, MAX_PAGE_SIZE),
            with_facets=with_facets,
            branches=self.categories.under,
        )

    def _usage(self) -> Usage | None:
        form = self.usage_form if self.asks_for_usage else None
        return form.usage() if form is not None and form.is_bound and form.is_valid() else None


@cache
def _places() -> dict[str, int]:
    return {name: place for place, name in enumerate(OfferFilterSet.base_filters)}


def _ranges(given: Mapping[str, Any]) -> dict[str, Bounds]:
    if all(name in FACETS for name in given):
        return {}
    return {name: pair for name in RANGES if (pair := _bounds(given, name)) != (None, None)}


def _bounds(given: Mapping[str, Any], name: str) -> Bounds:
    """The most of the price goes by `price_max`."""
    most = None if name == "price" else given.get(f"{name}_max")
    return given.get(f"{name}_min"), most
