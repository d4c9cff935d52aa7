"""Builds killed at random moments, most of them as copies of the files of one that runs."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from personalization.provers.runs import run_build, start_build
from personalization.provers.shop import Shop
from personalization.provers.verdicts import Verdict
from personalization.warehouse.locks import only_build_of
from personalization.warehouse.places import BuildError

# Of so many kills one is one, which takes half a build; the others are copies of one build's files.
_COPIES = 5
# Every so many kills dbt is left alive, as when a job's parent dies alone.
_ORPHANS = 2


def killed(
    shop: Shop, kills: int, chance: random.Random, say: Callable[[str], None]
) -> Iterator[Verdict]:
    """Kill builds, most of them in copies, and build on what is left of one of either kind."""
    in_truth = -(-kills // _COPIES)
    harms, unlike, done = [], [], 0
    for kill, count in ((_kill, in_truth), (_copy_killed, kills - in_truth)):
        moments = [chance.uniform(0, shop.seconds) for _ in range(count)]
        for moment, harm in kill(shop, moments):
            done += 1
            if harm:
                harms.append(f"killed after {moment:.1f} s: {harm}")
        say(f"  {done} of {kills} kills done{'' if kill is _kill else ', these in copies'}")
        build = run_build(shop.work, shop.raw_data)
        unlike += [build.output[-500:]] if build.status else list(shop.unlike().items())
        shop.reset()
    yield Verdict(
        "however a build is killed, the warehouse opens and the publication is the old one, or, "
        "if it was as far, the new one",
        not harms and 2 * done >= kills,
        "; ".join(harms)
        or f"{done} of {kills} kills met a build at work, {in_truth} of them in truth",
    )
    yield Verdict(
        "the next build equals an undisturbed one", not unlike, str(unlike or "all marts equal")
    )


def _kill(shop: Shop, moments: list[float]) -> Iterator[tuple[float, str]]:
    """Kill a build at each moment, upon what the last one left; yield the moment and the harm."""
    for number, moment in enumerate(moments, start=1):
        with start_build(shop.work, shop.raw_data) as process:
            try:
                process.wait(moment)
            except subprocess.TimeoutExpired:
                if number % _ORPHANS:
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
        _wait_until_free(shop.work / "warehouse.duckdb")
        if process.returncode == -signal.SIGKILL:
            yield moment, shop.harm()


def _copy_killed(shop: Shop, moments: list[float]) -> Iterator[tuple[float, str]]:
    """Halt one build at each moment, and judge its files as they lie: what a kill would leave.

    The shop's files end as one of the copies, that of the middle moment.
    """
    halted = shop.copy_in(shop.work.with_name("halted"))
    left = shop.work.with_name("left")
    shutil.rmtree(left, ignore_errors=True)
    began = time.monotonic()
    with start_build(shop.work, shop.raw_data) as process:
        for number, moment in enumerate(sorted(moments)):
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, began + moment - time.monotonic()))
                break
            os.killpg(process.pid, signal.SIGSTOP)
            stopped = time.monotonic()
            shutil.copytree(shop.work, halted.work)
            harm = halted.harm()
            if number == len(moments) // 2:
                halted.work.rename(left)
            shutil.rmtree(halted.work, ignore_errors=True)
            began += time.monotonic() - stopped
            os.killpg(process.pid, signal.SIGCONT)
            yield moment, harm
        process.communicate()
    if left.exists():
        shutil.rmtree(shop.work)
        left.rename(shop.work)


def _wait_until_free(warehouse: Path) -> None:
    """Wait until nobody holds a warehouse: an orphaned dbt does until it ends."""
    while True:
        with suppress(BuildError), only_build_of(warehouse):
            return
        time.sleep(0.1)
