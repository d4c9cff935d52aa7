"""`personalization erase`: erasure requests become keyed hashes, by which base refuses rows.

A person can be told from raw rows only while they are all there. So the requests are resolved in a
scratch warehouse in which nobody is erased, and what identifies each person goes into the state of
the real one. Rows that come later may bring further identifiers of an erased person, if they bear
one that is known: a build collects the digests of what stands in such rows (int_erasure_leads), and
all requests are resolved again when one of these or of the requests is new.
"""

import hashlib
import tempfile
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TextIO

import duckdb

from personalization.identity.explaining import TYPES
from personalization.warehouse import copies, erasure_told
from personalization.warehouse.copies import quoted
from personalization.warehouse.dbt import run_dbt
from personalization.warehouse.places import dbt_folder

_KEY = "request_id, role, identifier_type, identifier_hash"
_NEEDED = {"request_id", "request_type", "subject_type", "subject_value", "requested_at"}
_PASSES = "pii.erasure_passes"
# What was erased stays erased: of two times at which something was the person's, both count. A
# request may name one person now that was shared before.
_TARGETS = """
create temp table targets as
select found.* replace (
        case
            when known.request_id is null then found.erased_from
            when known.erased_from is not null and found.erased_from is not null
                then least(known.erased_from, found.erased_from)
        end as erased_from,
        greatest(known.erased_until, found.erased_until) as erased_until
    ),
    known.request_id is null
        or coalesce(found.erased_until > known.erased_until, false)
        or (known.erased_from is not null
            and (found.erased_from is null or found.erased_from < known.erased_from)) as is_new
from scratch.pii.int_erasure_targets as found
left join state.int_erasures as known
    using (request_id, role, identifier_type, identifier_hash)
"""


class Pass(NamedTuple):
    """What the requests were last resolved on: raw files, the moment asked for, and the need.

    is_rewritten : whether no byte of the file can be of them: it was written anew since then, or
        held nothing yet.
    leads : hash of the leads that a build found since then; None before the first one.
    """

    files: str
    as_of: str
    is_rewritten: bool
    leads: str | None = None


def erase(
    raw_data: Path, warehouse: Path, as_of: datetime | None, lock: TextIO, only_new: bool = False
) -> None:
    """Resolve what requests before as_of are about, if anything may be new; write it to the state.

    only_new : leave late rows of known requests to the build, which then has to be complete.
    """
    asked, known = _requests(raw_data, as_of), erased_requests(warehouse)
    last = last_pass(warehouse)
    if not (asked or known) or _is_of(last, raw_data, as_of):
        return
    if only_new and last and last.leads is not None and asked <= known:
        return
    resolve(raw_data, warehouse, as_of, lock, dbt_folder(warehouse) / "logs")


def is_complete(raw_data: Path, warehouse: Path, as_of: datetime | None) -> bool:
    """Return whether a build found no row that may lead to more of an erased person.

    What was found is remembered if the requests were resolved on these very files.
    """
    last = last_pass(warehouse)
    if last is None:
        return True
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as warehouse")
        connection.execute("use warehouse")
        [(leads,)] = connection.execute(
            "select md5(coalesce(string_agg(lead_digest, ',' order by lead_digest), '')) "
            "from pii.int_erasure_leads"
        ).fetchall()
        if _is_of(last, raw_data, as_of):
            _remember(connection, last._replace(leads=leads))
            return True
    return leads == last.leads


def _is_of(last: Pass | None, raw_data: Path, as_of: datetime | None) -> bool:
    return last is not None and last[:2] == (fingerprint(raw_data), str(as_of))


def erase_in_replay(
    raw_data: Path, scratch: Path, as_of: datetime, lock: TextIO, warehouse: Path
) -> None:
    """Do the same in the scratch warehouse of a replay, unless the newest build knew it all."""
    asked, last = _requests(raw_data, as_of), last_pass(warehouse)
    if asked - erased_requests(scratch) or (
        erased_requests(scratch) and (last is None or last.files != fingerprint(raw_data))
    ):
        resolve(raw_data, scratch, as_of, lock, dbt_folder(warehouse) / "logs")


def resolve(
    raw_data: Path, warehouse: Path, as_of: datetime | None, lock: TextIO, logs: Path
) -> None:
    """Find in a scratch warehouse what identifies those who asked; write it to the state."""
    files = fingerprint(raw_data)
    warehouse.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=warehouse.parent, prefix=copies.fresh_prefix(warehouse)
    ) as folder:
        scratch, judged = Path(folder) / warehouse.name, {}
        if "int_erasures" in copies.tables(warehouse, "state"):
            judged = _judged(warehouse)
            hubs = "select * from source.state.int_erasures where role = 'shared'"
            with copies.copied(warehouse, scratch, {"state.int_erasures": hubs} | judged):
                pass
        # What is judged here alone is read in few columns, and by nobody afterwards.
        settings = {} if judged else {"bases_as_views": True}
        only = "int_erasure_targets"
        run_dbt(raw_data, scratch, as_of, lock, logs, only=only, settings=settings)
        _write(scratch, warehouse, Pass(files, str(as_of), is_rewritten=False))


def _judged(warehouse: Path) -> dict[str, str]:
    """Return queries of what was judged file by file, so that it is not judged anew."""
    if "bases" not in copies.tables(warehouse, "raw"):
        return {}
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as warehouse (read_only)")
        bases = connection.execute("select model_name from warehouse.raw.bases").fetchall()
    names = ["raw.bases", *(f"staging.{name}" for (name,) in bases)]
    return {name: f"select * from source.{name}" for name in names}


def _write(scratch: Path, warehouse: Path, this: Pass) -> None:
    """Add what is new to the state, forget the customers it was assigned, and say so."""
    is_new = not warehouse.exists()
    kind = f" (storage_version '{copies.STORAGE_VERSION}')" if is_new else ""
    known = erased_requests(warehouse)
    has_assignments = "int_customer_assignments" in copies.tables(warehouse, "state")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(f"attach {quoted(scratch)} as scratch (read_only)")
        connection.execute(f"attach {quoted(warehouse)} as warehouse{kind}")
        connection.execute("use warehouse")
        connection.execute("begin")
        connection.execute("create schema if not exists state")
        connection.execute(
            "create table if not exists state.int_erasures as "
            "from scratch.state.int_erasures where false"
        )
        # In an older state everything was erased since ever.
        connection.execute(
            "alter table state.int_erasures add column if not exists erased_from timestamp"
        )
        connection.execute(_TARGETS)
        if has_assignments:
            connection.execute(
                """delete from state.int_customer_assignments where identifier_key in (
                select identifier_key from temp.targets where is_new and role = 'erased')"""
            )
        connection.execute(
            f"delete from state.int_erasures where ({_KEY}) in "
            f"(select ({_KEY}) from temp.targets where is_new or role = 'request')"
        )
        connection.execute(
            """insert into state.int_erasures by name select request_id, role, identifier_type,
            identifier_hash, case when role = 'shared' then identifier_key end as hub_key,
            erased_from, erased_until, resolved_at from temp.targets
            where is_new or role = 'request' order by all"""
        )
        told = connection.execute(
            """select request_id, count(*) filter (role = 'erased' and is_new),
            bool_or(resolved_at is not null) from temp.targets group by 1
            having bool_or(is_new) order by 1"""
        ).fetchall()
        is_clean = bool((last := _last_pass(connection)) and last.is_rewritten and not told)
        _remember(connection, this._replace(is_rewritten=is_new or is_clean))
        connection.execute("commit")
    print("".join(f"{sentence}\n" for sentence in erasure_told.sentences(told, known)), end="")


def _remember(connection: duckdb.DuckDBPyConnection, this: Pass) -> None:
    """Keep what the requests were resolved on, and nothing of earlier times."""
    connection.execute("create schema if not exists pii")
    connection.execute(
        f"create or replace table {_PASSES} "
        "(files varchar, as_of varchar, is_rewritten bool, leads varchar)"
    )
    connection.execute(f"insert into {_PASSES} values (?, ?, ?, ?)", this)


def rewrite_if_needed(warehouse: Path) -> None:
    """Write the warehouse anew if people, or late rows of theirs, were erased since then."""
    last = last_pass(warehouse)
    if last is not None and (not last.is_rewritten or _has_traces(warehouse)):
        copies.rewrite(
            warehouse,
            [
                f"update target.{_PASSES} set is_rewritten = true",
                "create or replace table target.raw.traces (model_name varchar)",
            ],
        )


def _has_traces(warehouse: Path) -> bool:
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as file (read_only)")
        return bool(connection.execute("from file.raw.traces limit 1").fetchall())


def last_pass(warehouse: Path) -> Pass | None:
    """Return what requests were last resolved on in this warehouse; None if never."""
    if "erasure_passes" not in copies.tables(warehouse, "pii"):
        return None
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as warehouse (read_only)")
        connection.execute("use warehouse")
        return _last_pass(connection)


def _last_pass(connection: duckdb.DuckDBPyConnection) -> Pass | None:
    there = connection.execute(
        "select 1 from duckdb_tables() where table_name = 'erasure_passes'"
    ).fetchall()
    if not there:
        return None
    [row] = connection.execute(f"from {_PASSES}").fetchall()
    return Pass(*row)


def erased_requests(warehouse: Path) -> set[str]:
    """Return the requests that the state of a warehouse knows."""
    if "int_erasures" not in copies.tables(warehouse, "state"):
        return set()
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(warehouse)} as file (read_only)")
        rows = connection.execute("select distinct request_id from file.state.int_erasures")
        return {request for (request,) in rows.fetchall()}


def fingerprint(raw_data: Path) -> str:
    """Return a hash of the raw files' names, sizes and times of change; their bytes take longer."""
    files = sorted([*raw_data.glob("*.parquet"), *raw_data.glob("*/*.parquet")])
    told = [(str(f.relative_to(raw_data)), f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    return hashlib.sha256(repr(told).encode()).hexdigest()


def _requests(raw_data: Path, as_of: datetime | None) -> set[str]:
    """Return the ids of all delivered erasure requests before as_of that can be read."""
    found = set()
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for file in sorted(
            [
                *raw_data.glob("privacy_requests.parquet"),
                *raw_data.glob("privacy_requests/*.parquet"),
            ]
        ):
            landed = connection.sql(f"from read_parquet({quoted(file)}, binary_as_string = true)")
            if not _NEEDED.issubset(landed.columns):
                continue
            moment = f"timestamptz '{as_of}+00'" if as_of else "timestamptz 'infinity'"
            rows = landed.filter(
                "lower(trim(cast(request_type as varchar))) = 'erasure' "
                f"and lower(trim(cast(subject_type as varchar))) in {TYPES} "
                "and trim(cast(subject_value as varchar)) != '' and "
                f"try_cast(trim(cast(requested_at as varchar)) as timestamptz) < {moment}"
            ).project("trim(cast(request_id as varchar))")
            found |= {request for (request,) in rows.fetchall() if request}
    return found
