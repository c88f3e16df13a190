"""What somebody typed in a form while their session ended: kept, then given back after sign-in.

``{% market_form %}`` puts a signed « typed by » in every form of a signed-in person. A POST that
carries it and comes without a session is kept in the (now anonymous) session, encrypted, and the
person is led to sign-in and back. The text is shown only to the same person, on the same address,
for a day. Files are never kept: the page says to join them again.
"""

import json
import time
from typing import Any

from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.forms import BaseForm, FileInput
from django.http import HttpRequest, QueryDict

from marketplace.keys import envelope

FIELD = "_typed_by"
SESSION_KEY = "kept_text"
CONTEXT = "ui.kept_text"
SALT = "marketplace.ui.typed_by"
LIFE_SECONDS = 24 * 3600
LARGEST = 200_000
NEVER_KEPT = ("csrfmiddlewaretoken", FIELD, "_once")


def signature(request: HttpRequest) -> str:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    return signing.dumps(user.pk, salt=SALT)


def author_of(request: HttpRequest) -> int | None:
    """The person a signed form was made for, None when absent or forged."""
    try:
        return signing.loads(request.POST.get(FIELD, ""), salt=SALT, max_age=30 * LIFE_SECONDS)
    except (signing.BadSignature, SuspiciousOperation):
        return None


def keep(request: HttpRequest, *, author: int) -> bool:
    """Puts the typed text aside. False when there is too much of it."""
    data = {
        key: values
        for key, values in request.POST.lists()
        if key not in NEVER_KEPT and "password" not in key and "otp" not in key
    }
    text = json.dumps({"path": request.path, "author": author, "at": time.time(), "data": data})
    if len(text) > LARGEST:
        return False
    request.session[SESSION_KEY] = envelope.encrypt(text.encode(), context=CONTEXT).hex()
    return True


def kept_for(request: HttpRequest) -> QueryDict | None:
    sealed = request.session.get(SESSION_KEY)
    if not sealed or not request.user.is_authenticated:
        return None
    kept = json.loads(envelope.decrypt(bytes.fromhex(sealed), context=CONTEXT))
    fresh = time.time() - kept["at"] < LIFE_SECONDS
    if not fresh or kept["author"] != request.user.pk or kept["path"] != request.path:
        return None
    data = QueryDict(mutable=True)
    for key, values in kept["data"].items():
        data.setlist(key, values)
    return data


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)


def restore(request: HttpRequest, *, form: BaseForm) -> bool:
    """Fills an unbound form with the kept text, as typed (not validated). True if there was some."""
    if form.is_bound or not hasattr(request, "session") or not hasattr(request, "user"):
        return False
    data = kept_for(request)
    if data is None or not any(form.add_prefix(name) in data for name in form.fields):
        return False
    for name, field in form.fields.items():
        if not isinstance(field.widget, FileInput):
            form.initial[name] = _typed(data, form=form, name=name)
            form[name].__dict__.pop("initial", None)
    return True


def _typed(data: QueryDict, *, form: BaseForm, name: str) -> Any:
    return form.fields[name].widget.value_from_datadict(data, {}, form.add_prefix(name))
