"""Parquet files that grow while a world is made."""

from collections import Counter
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

# Times and the ids that lead a table grow row by row: their differences are small.
_ENCODINGS = {pa.timestamp("ms"): "DELTA_BINARY_PACKED"}


class Tables:
    """Parquet files that grow chunk by chunk, and the count of their rows."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._writers: dict[str, parquet.ParquetWriter] = {}
        self.rows: Counter = Counter()

    def add(self, name: str, table: pa.Table) -> None:
        """Append rows to `<folder>/<name>.parquet`."""
        if name not in self._writers:
            path = self._folder / f"{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            plain = pa.schema([(f.name, _plain(f.type)) for f in table.schema])
            encodings = {f.name: _ENCODINGS[f.type] for f in plain if f.type in _ENCODINGS}
            encodings |= (
                {plain.names[0]: "DELTA_BYTE_ARRAY"} if plain.types[0] == pa.string() else {}
            )
            self._writers[name] = parquet.ParquetWriter(
                path,
                plain,
                compression="zstd",
                compression_level=6,
                store_schema=False,
                use_dictionary=[f.name for f in plain if f.name not in encodings],
                column_encoding=encodings,
            )
        writer = self._writers[name]
        writer.write_table(table.cast(writer.schema))
        self.rows[name] += len(table)

    def __enter__(self) -> "Tables":
        """Open nothing yet: files appear with their first rows."""
        return self

    def __exit__(self, *_) -> None:
        """Finish all files."""
        for writer in self._writers.values():
            writer.close()


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
