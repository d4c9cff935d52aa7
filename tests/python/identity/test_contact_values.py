import hashlib
import hmac

import pyarrow as pa
import pytest

from personalization.identity import contact_values

KEY = b"secret"


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("  Ada@Shop.Example\t", "ada@shop.example"),
        ("\u00a0ada@shop.example", "ada@shop.example"),
        # e with a combining acute is the one letter
        ("rene\u0301@shop.example", "ren\u00e9@shop.example"),
        ("ada@localhost", None),
        ("@shop.example", None),
        ("ada", None),
        ("ada@bo@shop.example", None),
        ("ada b@shop.example", None),
    ],
)
def test_an_address_has_one_normal_form_or_is_none(raw, normal):
    assert contact_values.normal_email(raw) == normal


@pytest.mark.parametrize(
    ("raw", "region", "normal"),
    [
        ("+49 (30) 123-4567", None, "+49301234567"),
        ("030 1234567", "DE", "+49301234567"),
        ("030 1234567", None, None),
        ("020 7946 0018", "GB", "+442079460018"),
        ("1", "DE", None),
        ("call me", "DE", None),
    ],
)
def test_a_number_is_read_by_its_country(raw, region, normal):
    assert contact_values.normal_phone(raw, region) == normal


def test_the_hash_is_hmac_sha256_of_the_normal_form():
    values = pa.table(
        {
            "identifier_type": ["email"],
            "raw_value": [" Ada@Shop.example"],
            "region": pa.nulls(1, pa.string()),
        }
    )
    row = contact_values.normalise(values, KEY).to_pylist()[0]
    assert row["normalised_value"] == "ada@shop.example"
    assert row["identifier_value"] == hmac.new(KEY, b"ada@shop.example", hashlib.sha256).hexdigest()


def test_an_unreadable_value_has_no_hash():
    values = pa.table(
        {"identifier_type": ["phone"], "raw_value": ["soon"], "region": pa.nulls(1, pa.string())}
    )
    assert contact_values.normalise(values, KEY)["identifier_value"].to_pylist() == [None]


def test_without_values_the_table_is_typed():
    assert (
        contact_values.normalise(contact_values.SCHEMA.empty_table(), KEY).schema
        == contact_values.SCHEMA
    )


def test_only_duckdb_may_go_without_a_key_of_its_own(monkeypatch):
    monkeypatch.delenv("PII_KEY", raising=False)
    assert contact_values.key_from_environment("duckdb") == contact_values.DEMO_KEY.encode()
    with pytest.raises(ValueError, match="PII_KEY is not set"):
        contact_values.key_from_environment("spark")
    monkeypatch.setenv("PII_KEY", "mine")
    assert contact_values.key_from_environment("spark") == b"mine"
