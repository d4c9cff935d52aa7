from datetime import datetime

import pytest

from personalization.warehouse.dbt import BuildError, builds_all_models, dbt_arguments

MOMENT = datetime(2026, 3, 1)


def test_the_moment_joins_the_vars_that_were_given():
    assert dbt_arguments("--select a --vars '{list_length: 5}' --full-refresh", MOMENT) == [
        "--vars",
        '{"list_length": 5, "as_of": "2026-03-01 00:00:00"}',
        "--select",
        "a",
        "--full-refresh",
    ]


def test_without_vars_there_are_none():
    assert dbt_arguments("--full-refresh", None) == ["--full-refresh"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("--vars '{as_of: 2026-01-01}'", "both given"),
        ("--vars 5", "no mapping"),
        ("--vars '{oops", "can't be read"),
        ("--vars '{a: ['", "can't be read"),
        ("--vars", "can't be read"),
    ],
)
def test_two_moments_or_vars_that_are_none_are_refused(given, said):
    with pytest.raises(BuildError, match=said):
        dbt_arguments(given, MOMENT)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "--full-refresh",
        "--vars '{list_length: 5}'",
        "--exclude-resource-type test --fail-fast",
        "--exclude-resource-types test unit_test",
    ],
)
def test_arguments_that_choose_nothing_build_all_models(given):
    assert builds_all_models(given)


@pytest.mark.parametrize(
    "given",
    [
        "--select +fct_orders",
        "-s a b --full-refresh",
        "--exclude tag:slow",
        "--select=a",
        "--selector nightly",
        "--resource-type model",
        "--exclude-resource-type test model",
    ],
)
def test_arguments_that_choose_build_only_a_part(given):
    assert not builds_all_models(given)
