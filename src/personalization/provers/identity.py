"""The identity prover: people who are hard to tell apart are told apart, and their ids stay.

A world with a cast of identity cases comes in three deliveries by time, with late rows. What the
last build made of it is compared with the truth; every build, a full refresh and a warehouse that
has nothing but the exported state have to keep the ids of those whose links did not change.
"""

import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa

from personalization.identity import contact_values
from personalization.provers import delivery
from personalization.provers.identity_scores import (
    CaseScore,
    case_scores,
    kept_ids,
    pair_scores,
)
from personalization.provers.runs import Build, fresh_folder, green_build, raw_files
from personalization.provers.verdicts import Verdict, told
from personalization.simulation.scripts import CARRIES, MUST_MERGE, MUST_NOT_MERGE
from personalization.simulation.simulate import simulate
from personalization.simulation.world import World
from personalization.warehouse.copies import quoted

PRECISION, RECALL, MUST_SHARE = 0.999, 0.99, 0.99
MONTHS = 6
# Only what tells whose an identifier and an order are.
_ONLY = "--select +dim_customer_identifiers +fct_orders --exclude resource_type:test"
_GIVEN = pa.schema(
    [(name, pa.string()) for name in ("identifier_type", "identifier_value", "customer_id")]
)


def prove(
    customers: int, seed: int, folder: Path, say: Callable[[str], None] = print
) -> list[Verdict]:
    """Build a world with identity cases in three deliveries; return whether each claim holds.

    folder : emptied, then filled with world, deliveries and builds.
    """
    fresh_folder(folder)
    world, raw, pieces = folder / "world", folder / "raw", folder / "pieces"
    simulate(World(customers, seed, MONTHS), world, with_cases=True)
    rows = delivery.split(world, pieces)
    published = []
    for number in rows:
        shutil.copytree(pieces / str(number), raw, dirs_exist_ok=True)
        build = green_build(folder / "shop", raw, DBT_ARGS=_ONLY)
        published.append(_given(build, with_orders=False))
        say(f"delivery {number}: {rows[number]:,} rows, built")
    return told(_all(world, raw, build, published, folder), say)


def _all(
    world: Path, raw: Path, build: Build, published: list[pa.Table], folder: Path
) -> Iterator[Verdict]:
    yield from _told_apart(world, build, folder)
    for number, (before, after) in enumerate(pairwise(published), 2):
        yield _kept(f"delivery {number} keeps the ids of unchanged links", before, after)
    # What is exported now is what a lost warehouse is restored from.
    restored = folder / "restored"
    restored.mkdir()
    exported = build.marts.with_suffix(".state.duckdb")
    shutil.copy(exported, restored / exported.name)
    refreshed = green_build(folder / "shop", raw, DBT_ARGS=f"{_ONLY} --full-refresh")
    yield _unmoved("a full refresh keeps every id", published[-1], refreshed)
    anew = green_build(restored, raw, DBT_ARGS=_ONLY)
    yield _unmoved(
        "a warehouse restored from the exported state keeps every id", published[-1], anew
    )


def _told_apart(world: Path, build: Build, folder: Path) -> Iterator[Verdict]:
    """Compare what a build made of a world with its truth."""
    given = _given(build, with_orders=True)
    pairs = pair_scores(_owned(world, given))
    seen = f"{pairs.right:,} right of {{:,}}: {{:.5f}}"
    yield Verdict(
        f"precision of pairs is at least {PRECISION}",
        pairs.precision >= PRECISION and pairs.claimed > 0,
        seen.format(pairs.claimed, pairs.precision),
    )
    yield Verdict(
        f"recall of pairs is at least {RECALL}",
        pairs.recall >= RECALL and pairs.true > 0,
        seen.format(pairs.true, pairs.recall),
    )
    scores = case_scores(_cases(world), given)
    (folder / "cases.md").write_text(page(scores))
    yield _of_cases("every pair that must not be merged is not", scores, MUST_NOT_MERGE, 1.0)
    yield _of_cases(f"of what must be merged {MUST_SHARE:.0%} is", scores, MUST_MERGE, MUST_SHARE)


def _of_cases(claim: str, scores: list[CaseScore], kind: str, bar: float) -> Verdict:
    """Judge the instances of all cases in pairs of one kind."""
    mine = [score for score in scores if score.kind == kind]
    right, instances = (sum(getattr(s, name) for s in mine) for name in ("right", "instances"))
    wrong = [f"{s.case_name} {s.right}/{s.instances}" for s in mine if s.right < s.instances]
    seen = f"{right:,} of {instances:,} instances of {len(mine)} cases are right"
    return Verdict(claim, right >= bar * instances > 0, "; ".join([seen, *wrong]))


def page(scores: list[CaseScore]) -> str:
    """Return the scores of all cases as a table in Markdown."""
    found = {(s.case_name, s.kind): f"{s.right} of {s.instances}" for s in scores}
    lines = ["| case | kept apart | put together |", "|---|---|---|"]
    for name in dict.fromkeys(s.case_name for s in scores):
        apart, together = (found.get((name, k), "") for k in (MUST_NOT_MERGE, MUST_MERGE))
        lines.append(f"| {name} | {apart} | {together} |")
    return "\n".join(lines) + "\n"


def _kept(claim: str, before: pa.Table, after: pa.Table) -> Verdict:
    same, kept = kept_ids(before, after)
    return Verdict(claim, same == kept > 0, f"{kept:,} of {same:,} customers kept theirs")


def _unmoved(claim: str, before: pa.Table, build: Build) -> Verdict:
    """Judge a build of the same rows: no identifier may have come, gone or moved."""
    ours, theirs = (
        set(zip(*table.to_pydict().values(), strict=True))
        for table in (before, _given(build, with_orders=False))
    )
    moved = len(ours ^ theirs)
    return Verdict(claim, not moved and bool(ours), f"{moved:,} of {len(ours):,} rows differ")


def _given(build: Build, *, with_orders: bool) -> pa.Table:
    """Return the customer of each published identifier, and order if wanted."""
    orders = "union all select 'order_id', order_id, customer_id from fct_orders"
    rows = build.query(
        f"""select identifier_type, identifier_value, customer_id from dim_customer_identifiers
        {orders if with_orders else ""} order by all"""
    )
    return pa.Table.from_arrays(
        [pa.array(column, pa.string()) for column in zip(*rows, strict=True)], schema=_GIVEN
    )


def _cases(world: Path) -> pa.Table:
    """Return the pairs of the identity cases, as the marts write identifiers."""
    with duckdb.connect() as connection:
        cases = connection.sql(f"from {quoted(world / 'truth/identity_cases.parquet')}")
        return _hashed(
            _hashed(cases.to_arrow_table(), "identifier_type", "identifier_value"),
            "other_type",
            "other_value",
        )


def _hashed(table: pa.Table, kind: str, value: str) -> pa.Table:
    """Return a table whose addresses and numbers are hashed; the truth has them in normal form."""
    key = contact_values.key_from_environment("duckdb")
    hashed = [
        contact_values.keyed_hash(text, key) if of in ("email", "phone") else text
        for of, text in zip(table[kind].to_pylist(), table[value].to_pylist(), strict=True)
    ]
    place = table.schema.get_field_index(value)
    return table.set_column(place, value, pa.array(hashed, pa.string()))


def _owned(world: Path, given: pa.Table) -> pa.Table:
    """Return person and customer of each identifier that one person alone has and showed."""
    with duckdb.connect() as connection:
        truth = connection.sql(
            f"""with shown as ({_shown(world)})
            select identifier_type, identifier_value, min(person_id) as person_id
            from {quoted(world / "truth/identifiers.parquet")}
            group by all
            having count(distinct person_id) = 1 and (
                min(person_id) like 'cast-%'
                or (identifier_type, identifier_value) in (from shown)
            )"""
        ).to_arrow_table()
        connection.register("truth", _hashed(truth, "identifier_type", "identifier_value"))
        connection.register("given", given)
        return connection.sql(
            """select person_id, customer_id from truth
            left join given using (identifier_type, identifier_value)"""
        ).to_arrow_table()


def _shown(world: Path) -> str:
    """Return the query of identifiers that the base population's rows show of a person.

    A device on which nobody ever said who they are, a test order and a mere sending show nobody.
    """
    parts = []
    for table, columns in CARRIES.items():
        only = {"shop_orders": "not is_test", "channel_events": "event_type = 'click'"}
        named = [column for kind, column in columns.items() if kind != "anonymous_id"]
        for kind, column in columns.items():
            value = f"lower(trim({column}))" if kind == "email" else column
            says = f"coalesce({', '.join(named)})" if kind == "anonymous_id" else column
            parts += [
                f"select '{kind}', {value} from {quoted(file)} "
                f"where {says} is not null and {only.get(table, 'true')}"
                for file in raw_files(world, table)
                if file.stem == "typed"
            ]
    return " union ".join(parts)
