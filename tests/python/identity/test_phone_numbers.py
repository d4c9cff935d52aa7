import pytest

from personalization.identity.phone_numbers import normal_phone, region_of


@pytest.mark.parametrize(
    ("raw", "region", "normal"),
    [
        ("+49 (30) 123-4567", None, "+49301234567"),
        ("+49 (0)30 1234567", None, "+49301234567"),
        ("030 1234567", "DE", "+49301234567"),
        ("030 1234567", None, None),
        ("0049 30 1234567", "DE", "+49301234567"),
        ("+49 30 1234567", "US", "+49301234567"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+39 06 1234567", None, "+39061234567"),
        ("tel:+49-30-1234567", None, "+49301234567"),
        ("+49 30 1234567 ext. 5", None, "+49301234567"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("0030 1234567", "DE", None),
        ("0049 30 1234567", None, "+49301234567"),
        ("0049301234567", "US", None),
        ("+49301234567.0", None, "+49301234567"),
        ("301234567.0", "DE", "+49301234567"),
        ("030 123.456.0", "DE", "+49301234560"),
        ("030 1234567 (mobil)", "DE", "+49301234567"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        # without its area code it is another number in every town
        ("555-0123", "US", None),
        ("1", "DE", None),
        ("call me", "DE", None),
    ],
)
def test_a_number_is_read_by_its_country(raw, region, normal):
    assert normal_phone(raw, region)[0] == normal


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("+1 555 555 5555", "5555555555"),
        ("0123456789", "123456789"),
        ("5", "5"),
        ("n/a", ""),
    ],
)
def test_the_digits_are_those_of_the_national_number_or_of_the_text(raw, digits):
    assert normal_phone(raw, "DE")[1] == digits


@pytest.mark.parametrize(
    ("country", "region"),
    [
        ("DE", "DE"),
        (" de ", "DE"),
        ("DEU", "DE"),
        ("germany", "DE"),
        ("United Kingdom", "GB"),
        ("UK", "GB"),
        ("USA", "US"),
        ("Turkey", "TR"),
        ("South Korea", "KR"),
        ("Kosovo", "XK"),
        ("Atlantis", None),
        ("XX", None),
        ("", None),
        (None, None),
    ],
)
def test_a_country_is_known_by_code_or_english_name(country, region):
    assert region_of(country) == region
