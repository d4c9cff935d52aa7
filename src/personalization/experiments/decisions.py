"""One word on each arm, and why: the rules of docs/experiments.md."""

from dataclasses import dataclass

from personalization.experiments.means import ALPHA

# Where less is better.
_HARMS = ("unsubscribe",)
_SRM_ALPHA = 0.001


@dataclass(frozen=True)
class Evidence:
    """What is known of one metric of one arm.

    low, high : the interval that decides, the sequential one while the experiment runs. p_value :
    after Holm, None while it runs. detectable : lift that is found in 80 % of all trials.
    """

    metric: str
    lift: float | None
    low: float | None
    high: float | None
    p_value: float | None
    detectable: float | None
    is_reliable: bool

    @property
    def direction(self) -> int:
        """1 where it is shown that the arm is better, -1 where worse, else 0."""
        if self.lift is None or self.low is None:
            return 0
        shown = self.low > 0 or self.high < 0
        if self.p_value is not None:
            shown = self.p_value < ALPHA
        sign = (self.lift > 0) - (self.lift < 0)
        return sign * (-1 if self.metric in _HARMS else 1) if shown else 0


def decide(
    primary_metric: str, found: dict[str, Evidence], srm_p_value: float | None, *, is_running: bool
) -> tuple[str, str]:
    """Return the decision on an arm and its reason; found : evidence by metric."""
    evidence = found.get(primary_metric)
    if srm_p_value is not None and srm_p_value < _SRM_ALPHA:
        return "invalid", (
            f"Sample ratio mismatch (p {srm_p_value:.1g}): the arms do not hold the units their "
            "weights say, so they may differ in more than the variant."
        )
    if evidence is None:
        return "no data", f"The primary metric {primary_metric} is not measured here."
    if evidence.low is None:
        return "no data", f"Too few units, or all alike, to compare {primary_metric}."
    harmed = [m for m in _HARMS if m in found and m != primary_metric and found[m].direction < 0]
    if harmed:
        return "stop", f"The arm does harm: {', '.join(harmed)} rose."
    interval = (
        f"{primary_metric} by {evidence.lift:.4g} ({evidence.low:.4g} to {evidence.high:.4g})"
    )
    if not evidence.is_reliable:
        why = f"Too few units with {primary_metric} to trust an interval: {interval}."
        return ("keep running" if is_running else "no data"), why
    if evidence.direction:
        word = "ship" if evidence.direction > 0 else "stop"
        shown = "by the interval that may be looked at any time" if is_running else "after Holm"
        return word, f"The arm is {'better' if word == 'ship' else 'worse'} {shown}: {interval}."
    if is_running:
        return "keep running", f"Nothing is shown yet: {interval}."
    return "no difference", (
        f"Nothing was shown: {interval}; a lift of {evidence.detectable:.4g} would have been found "
        "in 80 % of such trials."
    )
