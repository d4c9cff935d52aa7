import hashlib

import pyarrow as pa
from pyarrow import parquet

from personalization.landing import files


def landed(*paths):
    return pa.table(
        {
            "table_name": pa.array(["shop_orders"] * len(paths), pa.string()),
            "file_name": pa.array([path.name for path in paths], pa.string()),
            "file_path": pa.array([str(path) for path in paths], pa.string()),
        }
    )


def test_a_file_is_known_by_its_bytes_and_rows(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"order_id": ["1", "2"]}), path)
    row = files.fingerprint(landed(path)).to_pylist()[0]
    assert row["file_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert row["row_count"] == 2


def test_no_files_give_an_empty_typed_table():
    assert files.fingerprint(landed()).schema == files.SCHEMA
