"""Loading of this app's dated reference files; called by `load_reference`."""

import tomllib
from pathlib import Path

from marketplace.reference.releases import load_release
from qualification.registers.legal import RELEASE

FOLDER = Path(__file__).parent


def load() -> str:
    """Safe to run twice."""
    data = tomllib.loads((FOLDER / "legal_register.toml").read_text(encoding="utf-8"))
    _release, is_new = load_release(
        RELEASE,
        edition=data["edition"],
        payload={"entries": data["entries"]},
        in_force_from=data["read_on"],
        source=data["source"],
        read_on=data["read_on"],
    )
    return f"qualification: legal register {data['edition']} {'loaded' if is_new else 'known'}"
