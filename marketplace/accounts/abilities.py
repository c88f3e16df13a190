"""What a person may do to an object.

Each app answers for its objects with :data:`Verdicts`: an empty sentence means yes, any other one
says why not. Buttons show what is allowed; views and endpoints call :func:`require`.
"""

from marketplace.errors import NotAllowed

Verdicts = dict[str, str]


def allowed(verdicts: Verdicts, name: str) -> bool:
    return verdicts.get(name, "x") == ""


def require(verdicts: Verdicts, name: str) -> None:
    """Raise NotAllowed with the reason; an ability nobody declared is refused."""
    refusal = verdicts.get(name, "Vous n’avez pas le droit de faire cela.")
    if refusal:
        raise NotAllowed("not_allowed", refusal)
