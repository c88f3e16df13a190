from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm


class VersionedForm(MarketForm):
    """Carries the version that was read: what changed meanwhile is refused, not overwritten."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class ReasonForm(VersionedForm):
    reason = forms.CharField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
