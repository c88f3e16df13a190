"""One badge: its words and its colour."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Badge:
    """``tone`` is a DSFR class suffix, "" for the plain badge; ``icon`` adds an icon class."""

    text: str
    tone: str = ""
    icon: str = ""

    @property
    def classes(self) -> str:
        names = ["fr-badge"]
        names += [f"fr-badge--{part}" for part in self.tone.split()]
        if self.icon:
            names += ["fr-badge--icon-left", self.icon]
        return " ".join(names)


QUESTION = "fr-icon-question-line"
