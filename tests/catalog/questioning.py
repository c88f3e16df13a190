"""Questions of a test's own: the product's files, and one more folder beside them."""

from __future__ import annotations

import shutil
from pathlib import Path

from catalog.questions import engine
from catalog.questions.engine import Question
from catalog.questions.reading import read_folder

HEAD = '[section]\nid = "trial"\nlabel = "Section d’essai"\nposition = 900\n'


def with_more(folder: Path, text: str) -> Path:
    """A copy of the product's files with `trial.toml` added."""
    for path in engine.FOLDER.glob("*.toml"):
        shutil.copy(path, folder)
    (folder / "trial.toml").write_text(HEAD + text, encoding="utf-8")
    return folder


def one(folder: Path, text: str) -> Question:
    """The only question of a folder that holds nothing else."""
    (folder / "trial.toml").write_text(f"{HEAD}[[question]]\n{text}", encoding="utf-8")
    return read_folder(folder)[0].questions[0]
