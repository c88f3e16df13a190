"""The security contact that an offer declares: in its answers, else in its security.txt as last read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from catalog.models import Offer, OfferVersion
from qualification.drills.states import AddressSource
from qualification.enums import Verdict
from qualification.models import OfferCheck

QUESTION, TXT_CHECK = "security_contact", "security_txt"


@dataclass(frozen=True, slots=True)
class Contact:
    address: str
    source: AddressSource


def contact_of(offer: Offer, version: OfferVersion | None) -> Contact | None:
    """None: neither gives an address that a message can be sent to. One query at most, no network."""
    given: Any = version.answers.get(QUESTION) if version is not None else None
    address = str(given.get("email") or "").strip() if isinstance(given, dict) else ""
    if _is_address(address):
        return Contact(address, AddressSource.ANSWERS)
    read = _read_in_file(offer)
    return Contact(read, AddressSource.SECURITY_TXT) if read else None


def _read_in_file(offer: Offer) -> str:
    """From the last reading that our check made of the file, while it still says something."""
    row = OfferCheck.objects.filter(offer=offer, check_code=TXT_CHECK).select_related("run").first()
    if row is None or row.current == Verdict.UNKNOWN:
        return ""
    values = row.run.evidence.get("contact") or ()
    found = (mail_address(str(value)) for value in values)
    return next((address for address in found if address), "")


def mail_address(value: str) -> str:
    """Of a « mailto: » (RFC 6068); empty for any other contact."""
    scheme, colon, rest = value.partition(":")
    if not colon or scheme.strip().lower() != "mailto":
        return ""
    address = unquote(rest.partition("?")[0]).strip()
    return address if _is_address(address) else ""


def _is_address(text: str) -> bool:
    if not text or len(text) > 254:
        return False
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
