"""The words of a PDF that a stranger sent, page by page, read in a process of its own under limits.

`python -m marketplace.documents.pdf_words` reads the PDF on its standard input and writes a JSON list of
pages; it imports no Django.
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CPU_SECONDS, CLOCK_SECONDS, MEMORY = 15, 20.0, 1 << 30
MOST_PAGES = 500


class Unreadable(ValueError):
    """Protected by a password, broken, too long, or beyond the limits."""


def words_of_pdf(content: bytes) -> list[str]:
    """The text of each page, empty for one that is an image. Raises Unreadable. A child process."""
    command = [sys.executable, "-m", "marketplace.documents.pdf_words"]
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter; what strangers send is its input
            command,
            input=content,
            capture_output=True,
            cwd=ROOT,
            env=environment,
            timeout=CLOCK_SECONDS,
            check=True,
        )
        pages: list[str] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise Unreadable(str(error)) from error
    return pages


def _pages(content: bytes) -> list[str]:
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted or len(reader.pages) > MOST_PAGES:
        raise SystemExit(1)
    return [page.extract_text().replace("\0", "") for page in reader.pages]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(_pages(sys.stdin.buffer.read()), sys.stdout)
