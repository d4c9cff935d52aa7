"""What a prover has to say of each claim."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """Whether one claim holds, and what was seen."""

    claim: str
    holds: bool
    seen: str


def told(verdicts: Iterable[Verdict], say: Callable[[str], None]) -> list[Verdict]:
    """Say every verdict as it comes, in a line or two; return them all."""
    heard = []
    for verdict in verdicts:
        say(f"  {'holds ' if verdict.holds else 'BROKEN'}  {verdict.claim}")
        say(f"          {verdict.seen}")
        heard.append(verdict)
    return heard
