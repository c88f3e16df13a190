"""Makes ``.venv`` from a hash-locked list, with the standard library only.

Built aside as ``.venv.new``, stamped last, then renamed: a run cut short leaves nothing that looks whole.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
VENV, FRESH, OLD = HOME / ".venv", HOME / ".venv.new", HOME / ".venv.old"
LEVELS = {"local": ["local"], "dev": ["local", "dev"]}
NO_VENV = (
    "Python cannot make a virtual environment here. On Debian: apt-get install -y python3-venv, then again."
)


def main(level: str) -> int:
    (HOME / "var").mkdir(mode=0o700, exist_ok=True)
    with (HOME / "var" / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp_of(VENV) in stamps_that_suit(level):
            return 0
        print(f"Installing the locked packages ({level}) in .venv…", file=sys.stderr, flush=True)
        if level == "dev" and stamp_of(VENV) == stamp("local"):
            # Same pins, more packages: adding them does not disturb a running server.
            install(VENV, level, find_uv(VENV))
            (VENV / "stamp").write_text(stamp(level))
            return 0
        build(level)
    return 0


def build(level: str) -> None:
    shutil.rmtree(FRESH, ignore_errors=True)
    uv = make_venv()
    install(FRESH, level, uv)
    for script in (FRESH / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            text = script.read_bytes()
            if b"\0" not in text:
                script.write_bytes(text.replace(os.fsencode(FRESH), os.fsencode(VENV)))
    (FRESH / "stamp").write_text(stamp(level))
    shutil.rmtree(OLD, ignore_errors=True)
    if VENV.exists():
        VENV.rename(OLD)
    FRESH.rename(VENV)
    shutil.rmtree(OLD, ignore_errors=True)


def make_venv() -> "list[str]":
    """Return the command that runs uv."""
    found = shutil.which("uv")
    if (
        found
        and works([found, "--version"])
        and works([found, "venv", "--quiet", "--python", sys.executable, FRESH])
    ):
        return [found]
    shutil.rmtree(FRESH, ignore_errors=True)
    python = str(FRESH / "bin" / "python")
    locked = ["install", "--quiet", "--require-hashes", "-r", str(HOME / "requirements" / "uv.txt")]
    if works([sys.executable, "-m", "venv", FRESH]):
        subprocess.run([python, "-m", "pip", *locked], check=True, env=environment())
        return [str(FRESH / "bin" / "uv")]
    # Debian without python3-venv: venv works without pip, and Debian's own pip can fill it.
    shutil.rmtree(FRESH, ignore_errors=True)
    if works([sys.executable, "-m", "venv", "--without-pip", FRESH]) and works(
        [sys.executable, "-m", "pip", "--python", python, *locked]
    ):
        return [str(FRESH / "bin" / "uv")]
    shutil.rmtree(FRESH, ignore_errors=True)
    raise SystemExit(NO_VENV)


def find_uv(venv: Path) -> "list[str]":
    own, found = venv / "bin" / "uv", shutil.which("uv")
    if own.exists():
        return [str(own)]
    if found and works([found, "--version"]):
        return [found]
    raise SystemExit("uv is gone: delete .venv, then again.")


def install(venv: Path, level: str, uv: "list[str]") -> None:
    # --system-certs: behind a company's own authority uv's list of authorities is not enough.
    command = [*uv, "pip", "install", "--quiet", "--system-certs", "--require-hashes", "--python",
               str(venv / "bin" / "python"), "-r", str(requirements(level))]  # fmt: skip
    subprocess.run(command, check=True, env=environment())


def environment() -> "dict[str, str]":
    """The caches go under var/ when there is no home to write in."""
    values = dict(os.environ)
    home = values.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        values.setdefault("UV_CACHE_DIR", str(HOME / "var" / "cache" / "uv"))
        values.setdefault("PIP_CACHE_DIR", str(HOME / "var" / "cache" / "pip"))
    values.setdefault("UV_LINK_MODE", "copy" if "UV_CACHE_DIR" in values else "hardlink")
    return values


def works(command: "list[str | Path]") -> bool:
    return subprocess.run(command, capture_output=True, env=environment(), check=False).returncode == 0


def requirements(level: str) -> Path:
    return HOME / "requirements" / f"{level}.txt"


def stamp(level: str) -> str:
    digest = hashlib.sha256()
    for part in LEVELS[level]:
        digest.update(requirements(part).read_bytes())
    return f"{level} {digest.hexdigest()}"


def stamps_that_suit(level: str) -> "set[str]":
    """What is installed for the tests serves the demonstration as well."""
    return {stamp(known) for known in LEVELS if level in LEVELS[known]}


def stamp_of(venv: Path) -> str:
    mark = venv / "stamp"
    return mark.read_text() if mark.is_file() and (venv / "bin" / "python").exists() else ""


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1]))
    except subprocess.CalledProcessError as failed:
        print(f"« {' '.join(map(str, failed.cmd[:4]))} … » failed: see above.", file=sys.stderr)
        sys.exit(1)
