"""The cast of identity cases stands beside a world and changes nothing in it."""

from collections import defaultdict
from pathlib import Path

import duckdb
import numpy as np
import pytest
from builds import ROOT

from personalization.identity.phone_numbers import normal_phone
from personalization.landing.contract import SOURCES, raw_tables
from personalization.simulation import identity_cases, one_person, several_people
from personalization.simulation.scripts import MUST_MERGE, MUST_NOT_MERGE
from personalization.simulation.simulate import simulate
from personalization.simulation.world import World

WORLD = World(customers=400, seed=4, months=6)
NAMES = [case.name for case in identity_cases.CASES]
CONTRACT = raw_tables(ROOT / SOURCES)


@pytest.fixture(scope="module")
def with_cases(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("with")
    simulate(WORLD, out, with_cases=True)
    return out


@pytest.fixture(scope="module")
def without(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("without")
    simulate(WORLD, out)
    return out


def files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*.parquet")}


def rows(query: str) -> list[tuple]:
    with duckdb.connect() as connection:
        return connection.sql(query).fetchall()


def test_a_world_with_the_cast_is_the_world_without_it_and_files_of_their_own(with_cases, without):
    more = files(with_cases) - files(without)
    assert files(without) < files(with_cases)
    assert {name.split("/")[1] for name in more} == {
        "cases.parquet", "cases-shop_customer_id.parquet", "identity_cases.parquet",
    }  # fmt: skip
    for name in files(without):
        ours, theirs = rows(f"from '{without / name}'"), rows(f"from '{with_cases / name}'")
        # The truth goes on behind that of the world.
        goes_on = name in ("truth/identifiers.parquet", "truth/orders.parquet")
        assert ours == (theirs[: len(ours)] if goes_on else theirs), name
        assert (len(theirs) > len(ours)) == goes_on, name


def test_the_same_settings_give_the_same_cast(with_cases, tmp_path):
    simulate(WORLD, tmp_path, with_cases=True)
    for file in tmp_path.rglob("*cases*.parquet"):
        assert rows(f"from '{file}'") == rows(f"from '{with_cases / file.relative_to(tmp_path)}'")


@pytest.mark.parametrize(
    ("customers", "instances"), [(1, 3), (799, 3), (800, 4), (2000, 10), (20_000, 100)]
)
def test_each_case_is_played_once_per_200_customers_and_three_times_at_least(customers, instances):
    assert identity_cases.instances(World(customers, 1)) == instances


def test_every_instance_of_every_case_tells_something(with_cases):
    told = rows(
        f"""select case_name, count(distinct instance)
        from '{with_cases}/truth/identity_cases.parquet' group by all"""
    )
    assert dict(told) == dict.fromkeys(NAMES, 3)


@pytest.mark.parametrize(
    ("cases", "kind"),
    [(one_person.CASES, {MUST_MERGE}), (several_people.CASES, {MUST_MERGE, MUST_NOT_MERGE})],
)
def test_cases_of_one_person_keep_nobody_apart_and_those_of_several_do(with_cases, cases, kind):
    names = ", ".join("'" + case.name.replace("'", "''") + "'" for case in cases)
    found = rows(
        f"""select case_name, list(distinct kind) from '{with_cases}/truth/identity_cases.parquet'
        where case_name in ({names}) group by all"""
    )
    assert len(found) == len(cases)
    assert set().union(*(kinds for _, kinds in found)) == kind
    assert all(MUST_NOT_MERGE in kinds for _, kinds in found) == (MUST_NOT_MERGE in kind)


@pytest.mark.parametrize("table", sorted(identity_cases._TIMES))
def test_ids_of_the_cast_are_nobody_elses_and_nothing_happens_outside_the_world(with_cases, table):
    key, time = CONTRACT[table]["config"]["meta"]["key"][0], identity_cases._TIMES[table]
    files = f"read_parquet('{with_cases}/{table}/*.parquet', union_by_name = true, filename = true)"
    cast = f"select {key} from {files} where filename like '%cases%'"
    again = f"select {key} from ({cast}) group by all having count(*) > 1"
    taken = f"select {key} from {files} where filename not like '%cases%' and {key} in ({cast})"
    assert rows(again) == [] and rows(taken) == []
    [(first, last)] = rows(
        f"select min(cast({time} as timestamp)), max(cast({time} as timestamp)) "
        f"from {files} where filename like '%cases%'"
    )
    assert WORLD.start < first < last < WORLD.end


def test_addresses_and_numbers_of_the_truth_are_in_normal_form(with_cases):
    values = rows(
        f"""select distinct identifier_type, identifier_value
        from '{with_cases}/truth/identifiers.parquet' where person_id like 'cast-%'"""
    )
    phones = [value for kind, value in values if kind == "phone"]
    emails = [value for kind, value in values if kind == "email"]
    assert phones and [normal_phone(phone, None)[0] for phone in phones] == phones
    assert emails and [email.strip().casefold() for email in emails] == emails
    assert all(email.partition("@")[2].isascii() for email in emails)


def test_the_phone_typed_at_home_is_the_number_that_the_truth_tells():
    said = identity_cases.words(7)
    for typed in (said["national"], said["national_spaced"], "00" + said["digits"]):
        assert normal_phone(typed, "DE")[0] == said["phone"]
    assert said["phone"] != said["phone2"]


def test_no_two_instances_share_a_phone():
    phones = [identity_cases.words(n)[name] for n in range(1, 50) for name in ("phone", "phone2")]
    assert len(set(phones)) == len(phones)


def test_what_several_people_have_or_nobody_can_place_is_in_no_pair():
    owners = {
        ("shop_customer_id", "1"): {"a": None},
        ("email", "a@x.example"): {"a": None},
        ("phone", "+49"): {"a": None, "b": None},
        ("shop_customer_id", "2"): {"b": None},
        ("email", "between@x.example"): {None: None},
        ("phone", "+43"): {"b": None, None: None},
    }
    account, address, _, other, *_ = owners
    assert list(identity_cases.pairs(owners)) == [
        (MUST_MERGE, account, address),
        (MUST_NOT_MERGE, account, other),
        (MUST_NOT_MERGE, address, other),
    ]


@pytest.mark.parametrize("case", identity_cases.CASES, ids=NAMES)
def test_scripted_moments_keep_their_order_and_nobody_acts_before_the_account_is_opened(case):
    for seed in range(20):
        moments = identity_cases._moments(case.rows, np.random.default_rng(seed))
        scripted = [m for row, m in zip(case.rows, moments, strict=True) if row.at is not None]
        assert scripted == sorted(scripted)
        opened = {
            row.values["shop_customer_id"]: moment
            for row, moment in zip(case.rows, moments, strict=True)
            if row.table == "shop_customers"
        }
        for row, moment in zip(case.rows, moments, strict=True):
            used = row.values.get("user_id") or row.values.get("shop_customer_id")
            if row.table in ("shop_orders", "web_events", "channel_events"):
                assert moment >= opened.get(used, 0), row


@pytest.mark.parametrize("case", identity_cases.CASES, ids=NAMES)
def test_a_third_of_the_world_cuts_each_case_in_more_ways_than_one(case):
    ways = defaultdict(int)
    chance = np.random.default_rng(1)
    for _ in range(60):
        ways[tuple(int(3 * moment) for moment in identity_cases._moments(case.rows, chance))] += 1
    assert len(ways) > 1


def test_the_page_of_identity_names_every_case():
    page = (ROOT / "docs/identity.md").read_text()
    listed = [row.split(" | ")[0][2:] for row in page.splitlines() if " of 100 |" in row]
    assert listed == sorted(NAMES)
