"""A shop between two builds, to do harm to: how it was, what it becomes, and what is wrong."""

import copy
import shutil
import tempfile
import time
from pathlib import Path

import duckdb

from personalization.provers.as_of import two_moments
from personalization.provers.runs import differences, green_build


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

    def copy_in(self, folder: Path) -> "Shop":
        """Return the same shop with its files in another folder."""
        other = copy.copy(self)
        other.work = folder
        return other

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
