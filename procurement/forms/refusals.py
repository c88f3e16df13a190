"""A rule's refusal, put next to the field it names."""

from __future__ import annotations

from django import forms

from marketplace.errors import DomainError


def put_refusal(form: forms.BaseForm, error: DomainError, *, prefix: str = "") -> None:
    """Sentences about fields the form does not show go to the top of it. `prefix`: of the field names."""
    if not error.fields:
        form.add_error(None, error.message)
    for name, messages in error.fields.items():
        for message in messages:
            known = next((each for each in (name, prefix + name) if each in form.fields), None)
            form.add_error(known, message)
