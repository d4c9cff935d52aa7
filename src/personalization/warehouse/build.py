"""`personalization build`: dbt build, then publication; what `make build` runs."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from personalization.landing.files import unreadable_files
from personalization.warehouse import copies, erasure
from personalization.warehouse.causes import OUTSIDE, cause_of
from personalization.warehouse.dbt import builds_all_models, mart_comments, mart_keys, run_dbt
from personalization.warehouse.locks import check_closed, only_build_of
from personalization.warehouse.places import (
    BuildError,
    Places,
    dbt_folder,
    places_from_environment,
    spill_folder,
)


def build(run: Callable[..., None] = run_dbt) -> None:
    """Build the marts as the environment asks and publish them.

    run : what runs dbt, called like `run_dbt`; a replay always uses that.

    Raises BuildError if there is nothing to read, dbt fails, or as_of can't be read; the old
    publication then stays.
    """
    places = places_from_environment()
    check_files(places.raw_data)
    as_of = moment(os.environ.get("AS_OF") or None)
    with only_build_of(places.warehouse) as lock, unpublished_if_it_fails():
        build_moment(places, as_of, lock, run)


def build_moment(
    places: Places,
    as_of: datetime | None,
    lock: TextIO,
    run: Callable[..., None] = run_dbt,
) -> None:
    """Build and publish one moment: in the warehouse, or beside it if a newer one was built."""
    make_ready(places)
    newest = copies.newest_as_of(places.warehouse)
    if is_replay(as_of, newest):
        replay(places, as_of, newest, lock)
        return
    check_closed(places.warehouse)
    # Before the state is put aside: what was erased stays erased, whatever becomes of the build.
    is_whole = builds_all_models(os.environ.get("DBT_ARGS") or "")
    erasure.erase(places.raw_data, places.warehouse, as_of, lock, only_new=is_whole)
    shutil.rmtree(spill_folder(places.warehouse), ignore_errors=True)
    copies.put_state_aside(places.warehouse)
    try:
        run(places.raw_data, places.warehouse, as_of, lock)
        if is_whole and not erasure.is_complete(places.raw_data, places.warehouse, as_of):
            print("Late rows may be of erased people: resolving who they are, then building again")
            copies.give_back_state(places.warehouse)
            erasure.erase(places.raw_data, places.warehouse, as_of, lock)
            copies.put_state_aside(places.warehouse)
            run(places.raw_data, places.warehouse, as_of, lock)
            erasure.is_complete(places.raw_data, places.warehouse, as_of)
        erasure.rewrite_if_needed(places.warehouse)
        with (
            copies.state_copied(places.warehouse, places.state_export),
            published(places.warehouse, places.marts) as counts,
        ):
            # From here on the new state holds: ids that nobody saw yet do no harm, and those that
            # were published must not be lost.
            copies.aside_of(places.warehouse).unlink()
    except (BuildError, *OUTSIDE):
        # If even this fails, for want of room, the next build does it first.
        with suppress(*OUTSIDE):
            copies.give_back_state(places.warehouse)
        raise
    say_what_was_built(places, counts)


def erase() -> None:
    """Carry out the erasure requests in the raw tables, without a build: the next one shows it.

    Raises BuildError if the raw tables can't be read, or for a moment before the newest build.
    """
    places = places_from_environment()
    check_files(places.raw_data)
    as_of = moment(os.environ.get("AS_OF") or None)
    with only_build_of(places.warehouse) as lock:
        make_ready(places)
        newest = copies.newest_as_of(places.warehouse)
        if is_replay(as_of, newest):
            raise BuildError(
                f"AS_OF={as_of} is before {newest}, the newest build: erase without AS_OF."
            )
        check_closed(places.warehouse)
        erasure.erase(places.raw_data, places.warehouse, as_of, lock)


def make_ready(places: Places) -> None:
    """Clear up what killed builds left, and restore a lost or half-changed state."""
    for file in (places.warehouse, places.marts, places.state_export):
        copies.clear_leftovers(file)
    if not places.warehouse.exists() and places.state_export.exists():
        print(f"Restoring the state from {places.state_export}")
        copies.copy_state(places.state_export, places.warehouse)
    copies.give_back_state(places.warehouse)


def is_replay(as_of: datetime | None, newest: datetime | None) -> bool:
    """Whether a moment is before the newest one that was built."""
    return as_of is not None and newest is not None and as_of < newest


@contextmanager
def unpublished_if_it_fails() -> Iterator[None]:
    """Say, whatever goes wrong in the body, its cause and that the publication stays."""
    try:
        yield
    except (BuildError, *OUTSIDE) as error:
        told = error if isinstance(error, BuildError) else cause_of(str(error)) or error
        raise BuildError(
            f"{told}\nNothing was published; the last publication stays as it was."
        ) from None


def check_files(raw_data: Path) -> None:
    """Raise BuildError for raw files that are no Parquet, all of them at once."""
    broken = unreadable_files(raw_data)
    if broken:
        raise BuildError(
            f"{len(broken)} raw files are no Parquet; deliver them again or take them away:\n"
            + "\n".join(f"  {name}: {why}" for name, why in broken.items())
        )


def replay(places: Places, as_of: datetime, newest: datetime, lock: TextIO) -> None:
    """Build an earlier moment beside the warehouse, which is left as it is."""
    print(f"as_of {as_of} is before {newest}, the newest build: a replay, in a scratch warehouse")
    with tempfile.TemporaryDirectory(
        dir=places.warehouse.parent, prefix=copies.fresh_prefix(places.warehouse)
    ) as folder:
        scratch = Path(folder) / places.warehouse.name
        copies.copy_state(places.warehouse, scratch, as_of)
        erasure.erase_in_replay(places.raw_data, scratch, as_of, lock, places.warehouse)
        # The log outlives the scratch folder: an error may point to it.
        run_dbt(places.raw_data, scratch, as_of, lock, dbt_folder(places.warehouse) / "logs")
        if places.marts_given:
            with published(scratch, places.marts) as counts:
                pass
            say_what_was_built(places, counts)
        else:
            print("Nothing was published: a replay publishes to an explicit MARTS_PATH only.")


def moment(text: str | None) -> datetime | None:
    """Read AS_OF as a naive UTC moment: a date is its midnight, an offset is honoured.

    Raises BuildError if it is neither date nor timestamp.
    """
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text.strip())
        return read.astimezone(UTC).replace(tzinfo=None) if read.tzinfo else read
    except (ValueError, OverflowError):
        raise BuildError(
            f"AS_OF={text} is no moment. Give a date (midnight UTC) or a timestamp, such as "
            "2026-03-01 or 2026-03-01T12:00:00Z."
        ) from None


def published(warehouse: Path, marts: Path) -> AbstractContextManager[dict[str, int]]:
    """Publish what dbt has just built in a warehouse, once the body has ended."""
    return copies.published(warehouse, marts, mart_keys(warehouse), mart_comments(warehouse))


def say_what_was_built(places: Places, counts: dict[str, int]) -> None:
    """Tell a person what stands where, and what to open next."""
    print(f"\nPublished {len(counts)} marts, {sum(counts.values()):,} rows: {places.marts}")
    for name in ("dim_customers", "fct_orders", "fct_recommendations", "quarantined_rows"):
        if f"marts.{name}" in counts:
            print(f"  {name:<22}{counts[f'marts.{name}']:>12,} rows")
    print(f"Look inside: .venv/bin/personalization show fct_recommendations --marts {places.marts}")
