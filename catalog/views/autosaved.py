"""A section of questions saved while it is typed: the same lock as with the button, per section."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from catalog.forms.answers import SectionForm, digest
from catalog.models import Offer, OfferVersion
from marketplace.errors import VersionStale
from marketplace.ui import autosave


def section_saved(offer: Offer, form: SectionForm, write: Callable[[], OfferVersion]) -> HttpResponse:
    """``write`` saves ``form.given`` against ``offer.version``. Two editors never overwrite one another: a
    section saved by somebody else is a conflict, another section is not."""

    def save() -> str:
        shown = form.cleaned_data.get("base")
        if form.is_stale():
            # Our own save, whose answer was lost on the way, is no conflict.
            if digest(form.section, {**form.answers, **form.given}) != digest(form.section, form.answers):
                raise VersionStale(current=offer.version, about=offer)
            return digest(form.section, form.answers)
        try:
            version = write()
        except VersionStale:
            # Somebody saved between our reading and our lock: another section, we go on; this one, we stop.
            offer.refresh_from_db()
            stored = offer.shown_for_edit
            if digest(form.section, stored.answers if stored else {}) != shown:
                raise
            version = write()
        return digest(form.section, version.answers)

    return autosave.attempt(form, save)
