import hashlib

import pyarrow as pa
from pyarrow import parquet

from personalization.landing import files


def test_a_file_is_known_by_its_bytes_and_rows(tmp_path):
    path = tmp_path / "a.parquet"
    parquet.write_table(pa.table({"order_id": ["1", "2"]}), path)
    assert files.sha256(str(path)) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert files.row_count(str(path)) == 2
