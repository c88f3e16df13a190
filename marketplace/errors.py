"""What a rule says when it refuses.

Every refusal carries a stable English ``code`` (for machines), a French ``message`` (what happened,
why, how to repair) and, where a field is at fault, ``fields``. Pages answer it in
``marketplace.ui.middleware``, the API in ``marketplace.rest.errors``: nowhere else.
"""

import datetime as dt
from collections.abc import Mapping


class DomainError(Exception):
    status = 400

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        fields: Mapping[str, list[str]] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields: dict[str, list[str]] = dict(fields or {})
        if field:
            self.fields.setdefault(field, []).append(message)


class RuleBroken(DomainError):
    """The input is well formed but a rule refuses it."""

    status = 400


class Refusal(str):
    """A sentence that refuses for want of a role, with the codes of the roles: one of them is enough."""

    __slots__ = ("roles",)
    roles: tuple[str, ...]

    def __new__(cls, sentence: str, *, roles: tuple[str, ...]) -> "Refusal":
        made = super().__new__(cls, sentence)
        made.roles = roles
        return made


class NotAllowed(DomainError):
    """The object is visible but this person may not do that to it.

    ``needed_roles``: one of them would be enough; empty when no role would change the answer.
    """

    status = 403

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        fields: Mapping[str, list[str]] | None = None,
    ) -> None:
        super().__init__(code, message, field=field, fields=fields)
        self.needed_roles: tuple[str, ...] = message.roles if isinstance(message, Refusal) else ()


class NotVisible(DomainError):
    """The object does not exist for this person; said like any unknown address."""

    status = 404

    def __init__(
        self,
        code: str = "not_found",
        message: str = "Page introuvable ou non visible pour votre organisation.",
    ) -> None:
        super().__init__(code, message)


class MoveRefused(DomainError):
    """The object is not in a state from which this move starts.

    ``about``: the row, when its journal says what changed its state (marketplace.audit.passage).
    """

    status = 409

    def __init__(
        self,
        code: str,
        message: str,
        *,
        field: str | None = None,
        fields: Mapping[str, list[str]] | None = None,
        about: object | None = None,
    ) -> None:
        super().__init__(code, message, field=field, fields=fields)
        self.about = about


class Gone(DomainError):
    """The object was public and is not any more; ``on`` and ``reason`` say since when and why."""

    status = 410

    def __init__(self, code: str, message: str, *, on: dt.date | None = None, reason: str = "") -> None:
        super().__init__(code, message)
        self.on = on
        self.reason = reason


class VersionStale(DomainError):
    """Somebody changed the object after it was read."""

    status = 412

    def __init__(self, *, current: int, message: str | None = None, about: object | None = None) -> None:
        super().__init__(
            "version_stale",
            message
            or "L’objet a changé depuis votre lecture. Rechargez la page, comparez, puis recommencez.",
        )
        self.current = current
        self.about = about


class VersionMissing(DomainError):
    status = 428

    def __init__(self) -> None:
        super().__init__(
            "version_missing",
            "Donnez la version que vous avez lue dans l’en-tête « If-Match ».",
        )


class TooManyTries(DomainError):
    status = 429
    # Seconds to wait; None: not known.
    retry_after: int | None = None
