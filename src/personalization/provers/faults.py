"""The fault prover: whatever happens to a build, it names the cause and nothing is lost.

A shop has published one moment and builds the next. That build is killed at random points, meets
full disks, too little memory, broken files, another build and readers. The old publication must
stay, the warehouse must open, and the next build must equal one that nothing happened to.
"""

import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import duckdb

from personalization.provers.runs import (
    Build,
    differences,
    fresh_folder,
    green_build,
    raw_files,
    run_build,
    start_build,
)
from personalization.provers.verdicts import Verdict, told

# The publication of before is some days older.
_DAYS_BETWEEN = 30
# After so many kills a build is let through and compared.
_KILLS_IN_A_ROW = 10
# How long a killed process may take to let go of its files.
_SECONDS_TO_DIE = 10
_SMALL_DISK = "12m"
_LITTLE_MEMORY = "100MB"


class Shop:
    """A shop between two builds: the first is published, the second is what it should become.

    folder : of the shop's files, `work`; before : how they were between the builds;
    becomes : the publication of the undisturbed second build; seconds : how long that took.
    """

    def __init__(self, raw_data: Path, folder: Path):
        self.raw_data, self.work, self.before = raw_data, folder / "work", folder / "before"
        latest = green_build(folder / "latest", raw_data)
        [(as_of,)] = latest.query("select max(as_of) from fct_recommendations")
        moment = as_of - timedelta(days=_DAYS_BETWEEN)
        first = green_build(self.work, raw_data, AS_OF=moment.isoformat(" "))
        self.published = first.marts.read_bytes()
        shutil.copytree(self.work, self.before)
        began = time.monotonic()
        second = green_build(self.work, raw_data)
        self.seconds = time.monotonic() - began
        self.becomes = folder / "undisturbed.duckdb"
        shutil.copy(second.marts, self.becomes)
        self.reset()

    @property
    def marts(self) -> Path:
        """The publication, whatever it is by now."""
        return self.work / "marts.duckdb"

    def reset(self) -> None:
        """Put all files back to how they were between the builds."""
        shutil.rmtree(self.work)
        shutil.copytree(self.before, self.work)

    def harm(self) -> str:
        """Return what is wrong after a build that did not end; nothing, if all is well."""
        if error := self._opening_error():
            return error
        if not self.marts.exists():
            return "there is no publication"
        is_old = self.marts.read_bytes() == self.published
        return "" if is_old or not self.unlike() else "the publication is neither old nor new"

    def unlike(self) -> dict[str, str]:
        """Return the marts that differ from those of the undisturbed build."""
        return differences(self.marts, self.becomes)

    def _opening_error(self) -> str:
        """Return why the warehouse does not open; a dying process may hold it for a moment."""
        for _ in range(_SECONDS_TO_DIE * 10):
            try:
                with duckdb.connect(str(self.work / "warehouse.duckdb")) as connection:
                    connection.execute("select count(*) from duckdb_tables()").fetchall()
                return ""
            except duckdb.Error as error:
                said = str(error)
                if "lock" not in said:
                    break
                time.sleep(0.1)
        return f"the warehouse does not open: {said}"


def prove(
    raw_data: Path,
    folder: Path,
    kills: int = 20,
    seed: int = 1,
    say: Callable[[str], None] = print,
) -> list[Verdict]:
    """Do all this to a shop's builds; return whether each claim holds.

    folder : emptied, then filled. kills : how often a build is killed. seed : of their moments.
    """
    shop = Shop(raw_data, fresh_folder(folder))
    say(f"an undisturbed build takes {shop.seconds:.0f} s")
    return told(_all(shop, kills, seed, say), say)


def _all(shop: Shop, kills: int, seed: int, say: Callable[[str], None]) -> Iterator[Verdict]:
    yield from _killed(shop, kills, random.Random(seed), say)
    yield _refused(shop, "a truncated Parquet file is named", "web_events", _truncate)
    yield _refused(shop, "a text file named .parquet is named", "shop_reviews", _replace_by_text)
    yield _full_disk(shop)
    yield _little_memory(shop)
    yield from _in_company(shop)


def _killed(shop: Shop, kills: int, chance: random.Random, say) -> Iterator[Verdict]:
    """Kill builds, dbt with them, each upon what the last left; let one through now and then."""
    harms, unlike, ended = [], [], 0
    for number in range(1, kills + 1):
        after = chance.uniform(0, shop.seconds)
        with start_build(shop.work, shop.raw_data) as process:
            try:
                process.wait(after)
                ended += 1
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        if harm := shop.harm():
            harms.append(f"killed after {after:.1f} s: {harm}")
        if number % _KILLS_IN_A_ROW == 0 or number == kills:
            say(f"  {number} of {kills} builds killed")
            build = run_build(shop.work, shop.raw_data)
            unlike += [build.output[-500:]] if build.status else list(shop.unlike().items())
            shop.reset()
    yield Verdict(
        f"{kills} times killed, the warehouse opens and the publication is the old one",
        not harms,
        "; ".join(harms) or f"{ended} of the builds had ended before",
    )
    yield Verdict(
        "the next build equals an undisturbed one", not unlike, str(unlike or "all marts equal")
    )


def _refused(shop: Shop, claim: str, table: str, spoil: Callable[[Path], object]) -> Verdict:
    """Judge a build over raw tables one file of which was spoilt."""
    raw = shop.work.with_name("spoilt")
    shutil.rmtree(raw, ignore_errors=True)
    shutil.copytree(shop.raw_data, raw)
    spoil(raw_files(raw, table)[-1])
    build = run_build(shop.work, raw)
    return _failed_cleanly(shop, claim, build, f"{table}/", "no Parquet")


def _truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _replace_by_text(file: Path) -> None:
    file.write_text("review_id,rating\n1,5\n")


def _failed_cleanly(shop: Shop, claim: str, build: Build, *causes: str) -> Verdict:
    """Judge a build that had to end in one error that names its cause, with nothing lost."""
    error = build.output.partition("ERROR: ")[2].strip()
    harm = shop.harm() or ("" if shop.marts.read_bytes() == shop.published else "it was published")
    named = (
        build.status == 1 and "Traceback" not in build.output and all(c in error for c in causes)
    )
    return Verdict(claim, named and not harm, harm or " ".join(error.split())[:160] or "no error")


def _full_disk(shop: Shop) -> Verdict:
    """Build with the warehouse on a disk of a few megabytes, in a mount of its own."""
    claim = "a full disk is named"
    disk = fresh_folder(shop.work.with_name("small disk"))
    mount = f'mount -t tmpfs -o size={_SMALL_DISK} none "$0" && exec "$@"'
    inside = ["unshare", "--mount", "--map-root-user", "sh", "-c", mount, str(disk)]
    if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
        return Verdict(claim, False, "not tried: this system lets nobody mount a small disk")
    build = run_build(
        shop.work, shop.raw_data, around=inside, WAREHOUSE_PATH=str(disk / "warehouse.duckdb")
    )
    return _failed_cleanly(shop, claim, build, "disk is full")


def _little_memory(shop: Shop) -> Verdict:
    """Build with little memory: it either ends equal, or names the limit."""
    claim = f"with {_LITTLE_MEMORY} of memory a build ends equal or names the limit"
    build = run_build(shop.work, shop.raw_data, DUCKDB_MEMORY_LIMIT=_LITTLE_MEMORY)
    if build.status:
        return _failed_cleanly(shop, claim, build, "DUCKDB_MEMORY_LIMIT")
    unlike = shop.unlike()
    shop.reset()
    return Verdict(claim, not unlike, str(unlike or "it ended, all marts equal"))


def _in_company(shop: Shop) -> Iterator[Verdict]:
    """Run a build with a reader beside it all the while, and a second build in the middle."""
    seen, stop = [], threading.Event()

    def read() -> None:
        while not stop.wait(0.1):
            with duckdb.connect() as connection:
                connection.execute(f"attach '{shop.marts}' as published (read_only)")
                seen.append(
                    connection.execute(
                        "select max(as_of), count(*) from published.marts.fct_recommendations"
                    ).fetchall()[0]
                )

    reader = threading.Thread(target=read)
    reader.start()
    with start_build(shop.work, shop.raw_data) as first:
        time.sleep(shop.seconds / 3)
        second = run_build(shop.work, shop.raw_data)
        yield _failed_cleanly(shop, "a second build at once is told so", second, "Another build")
        output, _ = first.communicate()
    time.sleep(1)
    stop.set()
    reader.join()
    unlike = output[-500:] if first.returncode else shop.unlike()
    yield Verdict("the first build ends equal", not unlike, str(unlike or "all marts equal"))
    states = list(dict.fromkeys(seen))
    yield Verdict(
        "a reader always sees the old publication or the new one, whole",
        len(states) == 2 and not reader.is_alive(),
        f"{len(seen)} readings saw {len(states)} publications",
    )
