"""What a bench says of its goals: each one printed, those that fall short told again at the end."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Report:
    short: list[str] = field(default_factory=list)

    def goal(self, words: str, value: float, limit: float, *, at_least: bool = False) -> None:
        met = value >= limit if at_least else value <= limit
        sign = "≥" if at_least else "≤"
        print(f"  {'ok  ' if met else 'SHORT'} {words}: {value:,.4g} (goal {sign} {limit:,.6g})")
        if not met:
            self.short.append(f"{words}: {value:,.4g}, goal {sign} {limit:,.6g}")

    def oracle(self, words: str, *, holds: bool) -> None:
        if not holds:
            print(f"  WRONG {words}")
            self.short.append(f"wrong answer: {words}")

    def end(self, bench: str) -> int:
        """The code that the command ends with: 1 when a goal was missed."""
        print("\n".join(["SHORT:", *self.short]) if self.short else f"{bench}: every goal met")
        return 1 if self.short else 0
