"""Keyed hashes as functions of DuckDB: the key stays in this process and enters no SQL."""

import atexit
import itertools

import duckdb
import pyarrow as pa

from personalization.identity import contact_values

_CONTACTS = {"email", "phone"}


def register(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Give a connection hmac_of_text(text) and hmac_of_contact(type, raw_value, region).

    hmac_of_text : HMAC-SHA-256 of any text, null of null.
    hmac_of_contact : the same of the normal form of an address or number; null where it can't be
        read or the type is another one. Without a type, text with an @ is read as an address.
    """
    providers = contact_values.providers_from_file()

    def hmac_of_text(texts: pa.ChunkedArray) -> pa.Array:
        return pa.array(
            [None if t is None else contact_values.keyed_hash(t, key) for t in texts.to_pylist()],
            pa.string(),
        )

    def hmac_of_contact(
        types: pa.ChunkedArray, values: pa.ChunkedArray, regions: pa.ChunkedArray
    ) -> pa.Array:
        rows = [
            (kind or ("email" if value and "@" in value else "phone"), value, region)
            for kind, value, region in zip(
                types.to_pylist(), values.to_pylist(), regions.to_pylist(), strict=True
            )
        ]
        is_read = [kind in _CONTACTS and value is not None for kind, value, _ in rows]
        given = pa.Table.from_pylist(
            [
                {"identifier_type": kind, "raw_value": value, "region": region}
                for kind, value, region in itertools.compress(rows, is_read)
            ],
            pa.schema([(name, pa.string()) for name in ("identifier_type", "raw_value", "region")]),
        )
        read = contact_values.normalise(given, key, providers)
        hashes = iter(read["identifier_value"].to_pylist())
        return pa.array([next(hashes) if read else None for read in is_read], pa.string())

    for function, parameters in ((hmac_of_text, 1), (hmac_of_contact, 3)):
        connection.create_function(
            function.__name__,
            function,
            ["VARCHAR"] * parameters,
            "VARCHAR",
            type="arrow",
            null_handling="special",
        )
    # A connection that still holds such a function as Python ends complains of leaks, at length.
    atexit.register(connection.close)
