"""A process that takes its own figures, part by part."""

import re
import time
from pathlib import Path
from typing import Any

from personalization.bench.figures import BETWEEN, START, Usage, together

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


class Meter:
    """Splits what this process does into parts that follow each other without a gap.

    part : name of the first part, which began with the process.
    """

    def __init__(self, part: str):
        self.parts: dict[str, Usage] = {}
        self._part, self._cpu = part, 0.0
        # Without a reset the peak of a part would be that of all parts before it.
        self._can_reset = _CLEAR.exists()

    def begin(self, part: str) -> None:
        """End the part at hand and begin another; one that comes again is added up."""
        cpu = time.process_time()
        usage = Usage(cpu - self._cpu, self._peak())
        known = self.parts.get(self._part)
        self.parts[self._part] = together([known, usage]) if known else usage
        self._part, self._cpu = part, cpu

    def end(self) -> dict[str, Usage]:
        """End the last part; return all of them by name."""
        self.begin("")
        return self.parts

    def hear(self, event: Any) -> None:
        """Take an event of dbt, which calls this in the midst of its work, in the same process.

        With one thread, nothing else runs between the start and the end of a node. Landing is no
        node: dbt does it while it renders its hooks, before the first node.
        """
        name = event.info.name
        if name == "NodeStart":
            self.begin(event.data.node_info.unique_id)
        elif name == "NodeFinished" or (name == "ConcurrencyLine" and self._part == START):
            self.begin(BETWEEN)

    def _peak(self) -> int | None:
        """Return the most that was resident since the last call, in bytes, and reset it."""
        if not self._can_reset:
            return None
        peak = int(re.search(r"VmHWM:\s+(\d+) kB", _STATUS.read_text())[1]) * 1024
        # 5 sets the peak to what is resident now: man proc_pid_clear_refs.
        _CLEAR.write_text("5")
        return peak
