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
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import duckdb

from personalization.provers.as_of import two_moments
from personalization.provers.runs import (
    Build,
    differences,
    fresh_folder,
    green_build,
    marts_of,
    run_build,
    start_build,
)
from personalization.provers.verdicts import Verdict, told
from personalization.warehouse.locks import only_build_of
from personalization.warehouse.places import BuildError

# After so many kills a build is let through and compared.
_KILLS_IN_A_ROW = 10
# Every so many kills dbt is left alive, as when a job's parent dies alone.
_ORPHANS = 4
# The small disk holds the shop as it was and this share more.
_ROOM = 1.15
# What a small disk holds in the end is carried back before it is gone.
_CARRY = 'rm -rf "$left"; cp -r "$disk" "$left"; exit $status'
_LITTLE_MEMORY = "100MB"


class Shop:
    """A shop between two builds: the first is published, the second is what it should become.

    folder : of the shop's files, `work`; before : how they were between the builds;
    becomes : the publication of the undisturbed second build; seconds : how long that took.
    """

    def __init__(self, raw_data: Path, folder: Path):
        self.raw_data, self.work, self.before = raw_data, folder / "work", folder / "before"
        earlier = two_moments(raw_data)[1]
        first = green_build(self.work, raw_data, AS_OF=earlier.isoformat(" "))
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
        """Return why a copy of the warehouse does not open; the next build opens the true one."""
        with tempfile.TemporaryDirectory() as folder:
            for file in self.work.glob("warehouse.duckdb*"):
                if file.is_file():
                    shutil.copy(file, folder)
            try:
                with duckdb.connect(str(Path(folder) / "warehouse.duckdb")) as connection:
                    connection.execute("select count(*) from duckdb_tables()").fetchall()
            except duckdb.Error as error:
                return f"the warehouse does not open: {error}"
        return ""


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
    yield _refused(shop, "a truncated Parquet file is named", _truncate)
    yield _refused(shop, "a text file named .parquet is named", _replace_by_text)
    yield from _full_disk(shop)
    yield _little_memory(shop)
    yield from _in_company(shop)


def _killed(shop: Shop, kills: int, chance: random.Random, say) -> Iterator[Verdict]:
    """Kill builds, each upon what the last one left; let one through now and then."""
    harms, unlike, killed = [], [], 0
    for number in range(1, kills + 1):
        after = chance.uniform(0, shop.seconds)
        with start_build(shop.work, shop.raw_data) as process:
            try:
                process.wait(after)
            except subprocess.TimeoutExpired:
                killed += 1
                if number % _ORPHANS:
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
        _wait_until_free(shop.work / "warehouse.duckdb")
        if harm := shop.harm():
            harms.append(f"killed after {after:.1f} s: {harm}")
        if number % _KILLS_IN_A_ROW == 0 or number == kills:
            say(f"  {number} of {kills} builds killed")
            build = run_build(shop.work, shop.raw_data)
            unlike += [build.output[-500:]] if build.status else list(shop.unlike().items())
            shop.reset()
    yield Verdict(
        "however a build is killed, the warehouse opens and the publication is the old one, or, "
        "if it was as far, the new one",
        not harms and 2 * killed >= kills,
        "; ".join(harms) or f"{killed} of {kills} builds were killed, the others were faster",
    )
    yield Verdict(
        "the next build equals an undisturbed one", not unlike, str(unlike or "all marts equal")
    )


def _wait_until_free(warehouse: Path) -> None:
    """Wait until nobody holds a warehouse: an orphaned dbt does until it ends."""
    while True:
        with suppress(BuildError), only_build_of(warehouse):
            return
        time.sleep(0.1)


def _refused(shop: Shop, claim: str, spoil: Callable[[Path], object]) -> Verdict:
    """Judge a build over raw tables the largest file of which was spoilt."""
    raw = shop.work.with_name("spoilt")
    shutil.rmtree(raw, ignore_errors=True)
    shutil.copytree(shop.raw_data, raw)
    files = [*raw.glob("*.parquet"), *raw.glob("*/*.parquet")]
    spoilt = max(files, key=lambda file: (file.stat().st_size, str(file)))
    spoil(spoilt)
    build = run_build(shop.work, raw)
    return _failed_cleanly(shop, claim, build, str(spoilt.relative_to(raw)), "no Parquet")


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


def _full_disk(shop: Shop) -> Iterator[Verdict]:
    """Build on a disk that has hardly more room than the shop needs as it is."""
    size = sum(file.stat().st_size for file in shop.work.rglob("*") if file.is_file())
    disk = fresh_folder(shop.work.with_name("small disk"))
    mount = f'mount -t tmpfs -o size={int(size * _ROOM)} none "$0"'
    inside = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    probe = [*inside, mount, str(disk)]
    if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
        there = f'cp -r "$1"/. "$0"; disk="$0"; left="$1"; shift; "$@"; status=$?; {_CARRY}'
        around, cause = [*inside, f"{mount}; {there}", str(disk), str(shop.work)], "disk is full"
        build = run_build(disk, shop.raw_data, around=around)
    else:
        # Where nobody may mount a disk, no file may grow instead.
        limit = int(max(f.stat().st_size for f in shop.work.glob("*.duckdb")) / 512)
        around, cause = (
            ["sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh"],
            "larger than the system",
        )
        build = run_build(shop.work, shop.raw_data, around=around)
    yield _failed_cleanly(shop, "want of room on the disk is named", build, cause)
    after = run_build(shop.work, shop.raw_data)
    unlike = after.output[-500:] if after.status else shop.unlike()
    shop.reset()
    yield Verdict(
        "with room again the next build equals an undisturbed one",
        not unlike,
        str(unlike or "all marts equal"),
    )


def _little_memory(shop: Shop) -> Verdict:
    """Build with little memory: it either ends equal, or names the limit."""
    claim = f"with {_LITTLE_MEMORY} of memory a build ends equal or names the limit"
    build = run_build(shop.work, shop.raw_data, DUCKDB_MEMORY_LIMIT=_LITTLE_MEMORY)
    if build.status:
        return _failed_cleanly(shop, claim, build, "DUCKDB_MEMORY_LIMIT")
    unlike = shop.unlike()
    shop.reset()
    return Verdict(claim, not unlike, str(unlike or "it ended, all marts equal"))


class _Reader(threading.Thread):
    """Looks at the publication over and over, and keeps what it saw and what went wrong."""

    def __init__(self, marts: Path):
        super().__init__(daemon=True)
        self.marts, self.enough = marts, threading.Event()
        self.seen: list[dict[str, int]] = []
        self.errors: list[str] = []

    def run(self) -> None:
        """Read until told that it is enough, and once more after it."""
        while True:
            is_last = self.enough.wait(0.1)
            try:
                self.seen.append(marts_of(self.marts))
            except duckdb.Error as error:
                self.errors.append(str(error))
            if is_last:
                return


def _in_company(shop: Shop) -> Iterator[Verdict]:
    """Run a build with a reader beside it all the while, and a second build in the middle."""
    old, new = marts_of(shop.marts), marts_of(shop.becomes)
    reader = _Reader(shop.marts)
    reader.start()
    try:
        with start_build(shop.work, shop.raw_data) as first:
            time.sleep(shop.seconds / 3)
            second = run_build(shop.work, shop.raw_data)
            told_so = _failed_cleanly(
                shop, "a second build at once is told so", second, "Another build"
            )
            output, _ = first.communicate()
    finally:
        reader.enough.set()
        reader.join()
    yield told_so
    unlike = output[-500:] if first.returncode else shop.unlike()
    yield Verdict("the first build ends equal", not unlike, str(unlike or "all marts equal"))
    states = [seen for seen, last in pairwise([*reader.seen, None]) if seen != last]
    yield Verdict(
        "a reader sees the old publication, whole, and then the new one",
        not reader.errors and old != new and states == [old, new],
        "; ".join(reader.errors[:1]) or f"{len(reader.seen)} readings, {len(states)} publications",
    )
