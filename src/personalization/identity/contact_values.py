"""Distinct e-mail addresses and phone numbers in one normal form, with their keyed hashes."""

import hashlib
import hmac
import os
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from personalization.identity import email_addresses, phone_numbers

DEMO_KEY = "demo-key-for-duckdb-only"
PROVIDERS_FILE = Path("seeds/reference/email_providers.csv")

SCHEMA = pa.schema(
    [
        ("identifier_type", pa.string()),
        ("raw_value", pa.string()),
        ("region", pa.string()),
        ("cleaned_value", pa.string()),
        ("normalised_value", pa.string()),
        ("domains", pa.string()),
        ("digits", pa.string()),
        ("identifier_value", pa.string()),
        ("reported_value", pa.string()),
    ]
)
GIVEN = ["identifier_type", "raw_value", "region"]
PROVIDER_TYPES = {
    "domain": pa.string(),
    "canonical_domain": pa.string(),
    "ignores_dots": pa.bool_(),
    "tag_separator": pa.string(),
}


def normalise(
    values: pa.Table, key: bytes, providers: pa.Table, phone_region: str | None = None
) -> pa.Table:
    """Normalise distinct e-mail addresses and phone numbers and hash them.

    values : table with the text columns identifier_type (email or phone), raw_value and region
        (country of the row a phone stands in: code or English name; may be null).
    key : the secret of the hashes.
    providers : the seed email_providers, or providers_from_file().
    phone_region : two-letter country of phones without one; None: they need a country code.

    Returns SCHEMA, one row per row given. normalised_value and identifier_value (the hash, 64 hex
    digits) are null where the value is no address or number; reported_value is the hash of the
    normal form or else of the cleaned text, so that a report can name what it may not show.
    domains are the domain of an address and those it lies in, digits the national number of a
    phone or else all its digits.

    Raises ValueError if phone_region is no country that has phone numbers.
    """
    rules = email_addresses.provider_rules(providers)
    default_region = phone_numbers.region_of(phone_region)
    if phone_region and not default_region:
        raise ValueError(f"The var phone_region is '{phone_region}'; give a two-letter country.")
    read = [
        read_email(raw, rules)
        if kind == "email"
        else read_phone(raw, phone_numbers.region_of(country) if country else default_region)
        for kind, raw, country in zip(*(values[name].to_pylist() for name in GIVEN), strict=True)
    ]
    cleaned, normalised, domains, digits = zip(*read, strict=True) if read else ([], [], [], [])
    hashes = [None if value is None else keyed_hash(value, key) for value in normalised]
    reported = [
        keyed_hash(text, key) if value is None else value
        for text, value in zip(cleaned, hashes, strict=True)
    ]
    columns = [*(values[name] for name in GIVEN), cleaned, normalised, domains, digits]
    return pa.table([*columns, hashes, reported], schema=SCHEMA)


def read_email(raw: str, rules: dict) -> tuple:
    """Return cleaned text, normal form, domains and no digits of an address."""
    address = email_addresses.normal_email(raw, rules)
    if address is None:
        return email_addresses.bare_address(raw), None, None, None
    domains = email_addresses.domain_and_parents(address.rpartition("@")[2])
    return address, address, domains, None


def read_phone(raw: str, region: str | None) -> tuple:
    """Return cleaned text, normal form, no domains and the digits of a number."""
    text = email_addresses.cleaned(raw)
    number, digits = phone_numbers.normal_phone(text, region)
    return text, number, None, digits


def possible_hashes(text: str, key: bytes) -> list[str]:
    """Return the hashes that a text has in reports, read as an address and as a number."""
    given = pa.table(
        {
            "identifier_type": ["email", "phone"],
            "raw_value": [text, text],
            "region": pa.nulls(2, pa.string()),
        }
    )
    return normalise(given, key, providers_from_file())["reported_value"].to_pylist()


def providers_from_file(path: Path = PROVIDERS_FILE) -> pa.Table:
    """Read the seed email_providers for callers outside dbt, who stand in the project's folder."""
    types = csv.ConvertOptions(column_types=PROVIDER_TYPES, strings_can_be_null=True)
    return csv.read_csv(path, convert_options=types)


def keyed_hash(value: str, key: bytes) -> str:
    """Lower-case hex HMAC-SHA-256 of the UTF-8 value (RFC 2104)."""
    return hmac.digest(key, value.encode("utf-8"), hashlib.sha256).hex()


def key_from_environment(target_type: str) -> bytes:
    """Return the key of the hashes: PII_KEY, or on DuckDB alone the public key of the demo.

    Raises ValueError on another engine without PII_KEY: hashes that anyone can make again hide
    nothing.
    """
    key = os.environ.get("PII_KEY") or (DEMO_KEY if target_type == "duckdb" else "")
    if not key:
        raise ValueError(f"PII_KEY is not set: on {target_type} hashes need a secret of your own")
    return key.encode("utf-8")
