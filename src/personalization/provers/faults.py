"""The fault prover: whatever happens to a build, it names the cause and nothing is lost.

A shop has published one moment and builds the next. That build is killed at random points, meets
full disks, too little memory, broken files, another build and readers. The old publication must
stay, the warehouse must open, and the next build must equal one that nothing happened to.
"""

import os
import random
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import duckdb

from personalization.provers.kills import killed
from personalization.provers.runs import (
    Build,
    fresh_folder,
    marts_of,
    run_build,
    start_build,
)
from personalization.provers.shop import Shop
from personalization.provers.verdicts import Verdict, told

# The small disk holds the shop as it was and this share more.
_ROOM = 1.15
# What a small disk holds in the end is carried back before it is gone.
_CARRY = 'rm -rf "$left"; cp -r "$disk" "$left"; exit $status'
_LITTLE_MEMORY = "100MB"


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
    yield from killed(shop, kills, random.Random(seed), say)
    yield _refused(shop, "a truncated Parquet file is named", _truncate)
    yield _refused(shop, "a text file named .parquet is named", _replace_by_text)
    yield from _full_disk(shop)
    yield _little_memory(shop)
    yield from _in_company(shop)


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
