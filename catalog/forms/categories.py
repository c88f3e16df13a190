"""A category's name and place, and where what it holds goes once retired."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from catalog.categories import CategoryTree
from catalog.models import Category
from marketplace.ui.forms import MarketForm


class _InTree(MarketForm):
    """With one field whose choices are the categories of the tree, but some."""

    chosen = ""

    def __init__(
        self, *args: Any, tree: CategoryTree, none: str, but: Iterable[str] = (), **options: Any
    ) -> None:
        super().__init__(*args, **options)
        left_out = set(but)
        words = {code: said for code, said in tree.options().items() if code not in left_out}
        field = self.fields[self.chosen]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", none), *words.items()]

    def category(self) -> Category | None:
        """Call after is_valid(). One query when one is chosen."""
        code = self.cleaned_data[self.chosen]
        return Category.objects.open().get(code=code) if code else None


class CategoryForm(_InTree):
    chosen = "parent"
    label = forms.CharField(label="Nom", help_text="Celui que lisent les acheteurs.", max_length=120)
    parent = forms.ChoiceField(
        label="Au-dessous de", help_text="Trois niveaux au plus.", choices=(), required=False
    )
    position = forms.IntegerField(
        label="Rang",
        help_text="Les catégories d’un même endroit sont dans l’ordre de leur rang.",
        min_value=0,
        max_value=32_000,
        required=False,
    )


class RetireForm(_InTree):
    chosen = "into"
    into = forms.ChoiceField(
        label="Catégorie qui reçoit ses offres",
        help_text="Ses sous-catégories y vont aussi. L’adresse de l’ancienne y conduit.",
        choices=(),
        required=False,
    )
    reason = forms.CharField(
        label="Motif", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
