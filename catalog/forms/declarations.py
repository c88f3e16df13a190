"""A supplier comes back on its own declaration."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.actions.declarations import DECLARABLE, EDITABLE, forward_statuses
from catalog.enums import Scheme, TrustStatus
from catalog.forms.marks import DeclareForm
from catalog.models import TrustMark
from marketplace.ui.forms import MarketForm


class EditDeclarationForm(DeclareForm):
    """The same questions, the scheme apart: another scheme is another declaration."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, mark: TrustMark, **options: Any) -> None:
        known = {name: getattr(mark, name) for name in (*EDITABLE, "status", "version")}
        super().__init__(*args, initial=known, **options)
        self.mark = mark
        del self.fields["scheme"]
        if mark.scheme != Scheme.OTHER:
            del self.fields["label"]
        reachable = {mark.status, *forward_statuses(mark)} & set(DECLARABLE)
        self.fields["status"].choices = [
            (status.value, TrustStatus(status).label) for status in DECLARABLE if status in reachable
        ]

    def changes(self) -> dict[str, Any]:
        """What the action takes; the certificate goes apart."""
        said = self.cleaned_data
        return {name: said[name] for name in (*EDITABLE, "status") if name in said}


class RetractForm(MarketForm):
    reason = forms.CharField(
        label="Motif",
        help_text="Il sera public, dans l’historique de l’offre.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
