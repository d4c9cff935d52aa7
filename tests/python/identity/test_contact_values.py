import hashlib
import hmac
import re

import pyarrow as pa
import pytest

from personalization.identity import contact_values

KEY = b"secret"
PROVIDERS = contact_values.providers_from_file()


def normalised(kind, raw, region=None, phone_region=None):
    values = pa.table(
        {
            "identifier_type": [kind],
            "raw_value": [raw],
            "region": pa.array([region], pa.string()),
        }
    )
    return contact_values.normalise(values, KEY, PROVIDERS, phone_region).to_pylist()[0]


def test_the_hash_is_hmac_sha256_of_the_normal_form():
    row = normalised("email", " A.da@Googlemail.com")
    assert row["normalised_value"] == "ada@gmail.com"
    assert row["identifier_value"] == hmac.new(KEY, b"ada@gmail.com", hashlib.sha256).hexdigest()
    assert row["reported_value"] == row["identifier_value"]


@pytest.mark.parametrize(("kind", "raw"), [("phone", " Soon"), ("email", "\u200bSOON ")])
def test_an_unreadable_value_has_no_hash_to_be_linked_by_but_one_to_be_reported_by(kind, raw):
    row = normalised(kind, raw)
    assert row["identifier_value"] is None
    assert row["reported_value"] == hmac.new(KEY, b"soon", hashlib.sha256).hexdigest()


@pytest.mark.parametrize(
    ("region", "phone_region", "normal"),
    [
        ("Germany", None, "+49301234567"),
        (None, "DE", "+49301234567"),
        ("GB", "DE", "+44301234567"),
        ("Atlantis", "DE", None),
        (None, None, None),
    ],
)
def test_the_country_of_the_row_counts_before_that_of_the_shop(region, phone_region, normal):
    assert normalised("phone", "030 1234567", region, phone_region)["normalised_value"] == normal


def test_a_country_of_the_shop_that_is_none_stops():
    with pytest.raises(ValueError, match="The var phone_region is 'XX'"):
        normalised("phone", "030 1234567", None, "XX")


def test_domains_are_for_addresses_and_digits_for_numbers():
    address, number = (
        normalised("email", "ada@m.shop.example"),
        normalised("phone", "+49 30 1234567"),
    )
    assert (address["domains"], address["digits"]) == ("m.shop.example shop.example", None)
    assert (number["domains"], number["digits"]) == (None, "301234567")


def test_without_values_the_table_is_typed():
    empty = contact_values.normalise(contact_values.SCHEMA.empty_table(), KEY, PROVIDERS)
    assert empty.schema == contact_values.SCHEMA


def test_only_gmail_has_another_domain():
    merged = {
        row["domain"] for row in PROVIDERS.to_pylist() if row["domain"] != row["canonical_domain"]
    }
    assert merged == {"googlemail.com"}


@pytest.mark.parametrize("name", ["refused_emails", "refused_ids", "disposable_domains"])
def test_what_is_refused_is_listed_in_the_form_it_is_compared_in(name):
    lines = contact_values.PROVIDERS_FILE.with_name(f"{name}.csv").read_text().splitlines()
    assert [line for line in lines if line != line.strip().lower()] == []


def test_no_mailbox_provider_is_called_disposable():
    disposable = contact_values.PROVIDERS_FILE.with_name("disposable_domains.csv").read_text()
    assert not {row["domain"] for row in PROVIDERS.to_pylist()} & set(re.split(r"\s", disposable))


def test_only_duckdb_may_go_without_a_key_of_its_own(monkeypatch):
    monkeypatch.delenv("PII_KEY", raising=False)
    assert contact_values.key_from_environment("duckdb") == contact_values.DEMO_KEY.encode()
    with pytest.raises(ValueError, match="PII_KEY is not set"):
        contact_values.key_from_environment("spark")
    monkeypatch.setenv("PII_KEY", "mine")
    assert contact_values.key_from_environment("spark") == b"mine"
