"""How the action of a viewset is named after the move it serves: `move_submit`."""

PREFIX = "move_"


def move_of(action_name: str) -> str:
    """The move behind a viewset action; empty for any other action."""
    return action_name.removeprefix(PREFIX) if action_name.startswith(PREFIX) else ""
