"""Every rule of the decision, in its order."""

import pytest

from personalization.experiments.decisions import Evidence, decide


def evidence(metric="conversion", **given) -> Evidence:
    known = {
        "lift": 0.02,
        "low": 0.01,
        "high": 0.03,
        "p_value": 0.001,
        "detectable": 0.015,
        "is_reliable": True,
    }
    return Evidence(metric, **known | given)


SHOWN = evidence()
WORSE = evidence(lift=-0.02, low=-0.03, high=-0.01)
UNCLEAR = evidence(low=-0.01, p_value=0.3)
# Its own interval excludes 0, but not after Holm.
LOST_TO_HOLM = evidence(p_value=0.05)


@pytest.mark.parametrize(
    ("found", "srm", "decision"),
    [
        (SHOWN, 0.5, "ship"),
        (SHOWN, 0.001, "ship"),
        (SHOWN, 0.00099, "invalid"),
        (SHOWN, None, "ship"),
        (WORSE, 0.5, "stop"),
        (UNCLEAR, 0.5, "no difference"),
        (LOST_TO_HOLM, 0.5, "no difference"),
        (evidence(is_reliable=False), 0.5, "no data"),
        (evidence(lift=None, low=None, high=None, p_value=None), 0.5, "no data"),
        (evidence("revenue"), 0.5, "no data"),
    ],
)
def test_an_ended_experiment_is_decided_on_its_primary_metric_after_holm(found, srm, decision):
    assert decide("conversion", {found.metric: found}, srm, is_running=False)[0] == decision


@pytest.mark.parametrize(
    ("found", "decision"),
    [
        (evidence(p_value=None), "ship"),
        (evidence(p_value=None, lift=-0.02, low=-0.03, high=-0.01), "stop"),
        (evidence(p_value=None, low=-0.01), "keep running"),
        (evidence(p_value=None, is_reliable=False), "keep running"),
    ],
)
def test_a_running_one_is_decided_on_the_interval_that_may_be_looked_at_any_time(found, decision):
    assert decide("conversion", {"conversion": found}, 0.5, is_running=True)[0] == decision


def test_an_arm_that_drives_people_off_the_list_is_stopped_however_much_it_sells():
    found = {"conversion": SHOWN, "unsubscribe": evidence("unsubscribe")}
    decision, reason = decide("conversion", found, 0.5, is_running=False)
    assert (decision, "unsubscribe" in reason) == ("stop", True)


def test_where_unsubscribing_decides_less_of_it_is_better():
    found = {"unsubscribe": evidence("unsubscribe", lift=-0.02, low=-0.03, high=-0.01)}
    assert decide("unsubscribe", found, 0.5, is_running=False)[0] == "ship"


def test_a_reason_holds_the_interval_and_what_would_have_been_found():
    _, reason = decide("conversion", {"conversion": UNCLEAR}, 0.5, is_running=False)
    assert "conversion by 0.02 (-0.01 to 0.03)" in reason
    assert "a lift of 0.015 would have been found in 80 %" in reason
