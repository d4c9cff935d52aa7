"""E-mail addresses and phone numbers in one normal form, and their keyed hashes."""

import hashlib
import hmac
import os
import unicodedata

import phonenumbers
import pyarrow as pa

DEMO_KEY = "demo-key-for-duckdb-only"

SCHEMA = pa.schema(
    [
        ("identifier_type", pa.string()),
        ("raw_value", pa.string()),
        ("region", pa.string()),
        ("normalised_value", pa.string()),
        ("identifier_value", pa.string()),
    ]
)


def normalise(values: pa.Table, key: bytes) -> pa.Table:
    """Normalise distinct e-mail addresses and phone numbers and hash what could be read.

    values : table with the text columns identifier_type (email or phone), raw_value and region
        (two-letter country for a phone without a country code; may be null).
    key : the secret of the hashes.

    Returns SCHEMA, one row per row given; normalised_value and identifier_value (64 hex digits) are
    null where the value is no address or number.
    """
    rows = zip(
        values["identifier_type"].to_pylist(),
        values["raw_value"].to_pylist(),
        values["region"].to_pylist(),
        strict=True,
    )
    normalised = [
        normal_email(raw) if kind == "email" else normal_phone(raw, region)
        for kind, raw, region in rows
    ]
    return pa.table(
        {
            "identifier_type": values["identifier_type"],
            "raw_value": values["raw_value"],
            "region": values["region"],
            "normalised_value": normalised,
            "identifier_value": [None if v is None else keyed_hash(v, key) for v in normalised],
        },
        schema=SCHEMA,
    )


def normal_email(raw: str) -> str | None:
    """Return the address composed (NFC), trimmed and in lower case; None if it is no address."""
    address = unicodedata.normalize("NFC", raw).strip().lower()
    local, at, domain = address.rpartition("@")
    is_address = at and local and "." in domain.strip(".") and "@" not in local
    return address if is_address and not any(c.isspace() for c in address) else None


def normal_phone(raw: str, region: str | None) -> str | None:
    """Return the number as E.164; None if it is no possible number or its country is unknown."""
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def keyed_hash(value: str, key: bytes) -> str:
    """Lower-case hex HMAC-SHA-256 of the UTF-8 value (RFC 2104)."""
    return hmac.new(key, value.encode("utf-8"), hashlib.sha256).hexdigest()


def key_from_environment(target_type: str) -> bytes:
    """Return the key of the hashes: PII_KEY, or on DuckDB alone the public key of the demo.

    Raises ValueError on another engine without PII_KEY: hashes that anyone can make again hide
    nothing.
    """
    key = os.environ.get("PII_KEY") or (DEMO_KEY if target_type == "duckdb" else "")
    if not key:
        raise ValueError(f"PII_KEY is not set: on {target_type} hashes need a secret of your own")
    return key.encode("utf-8")
