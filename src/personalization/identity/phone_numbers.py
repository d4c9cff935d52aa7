"""Phone numbers in E.164, read by the country of the row they stand in."""

import re
from functools import lru_cache

import phonenumbers
import pycountry

# Names that shops write and ISO 3166 does not know: its own exceptions, and former or short names.
OTHER_NAMES = {
    "uk": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "el": "GR",
    "holland": "NL",
    "the netherlands": "NL",
    "turkey": "TR",
    "russia": "RU",
    "ivory coast": "CI",
    "cape verde": "CV",
    "swaziland": "SZ",
    "macedonia": "MK",
    "brunei": "BN",
    "macau": "MO",
    "kosovo": "XK",
    "xk": "XK",
}
# A spreadsheet's decimals, and a word in brackets, whose letters would be dialled.
DECIMAL = re.compile(r"\+?\d{7,}\.0")
WORD = re.compile(r"\([^()\d]*\)")
# How most of the world dials abroad, for a number of which nobody says where it is dialled.
ABROAD = re.compile(r"^00(?=[1-9 ])")


# A number is read in every table that it stands in, and reading one takes 16 microseconds.
@lru_cache(maxsize=500_000)
def normal_phone(raw: str, region: str | None) -> tuple[str | None, str]:
    """Return the number as E.164 without its extension, or None; and its digits for comparison.

    raw : as delivered.
    region : country of numbers without a country code, as region_of gives it.

    The digits are those of the national number, or all of a text that is no number. A number that
    is possible within one town alone is none: without its area code it rings at many people.
    """
    text = WORD.sub("", raw)
    if DECIMAL.fullmatch(text):
        text = text.removesuffix(".0")
    if region is None:
        text = ABROAD.sub("+", text)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None, digits_of(raw)
    # Not is_valid_number: its plan of numbers ages, and a number refused for it is a person lost.
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None, digits_of(raw)
    number.extension = None
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        phonenumbers.national_significant_number(number),
    )


def digits_of(text: str) -> str:
    """Return the ASCII digits of a text."""
    return re.sub(r"[^0-9]", "", text)


@lru_cache(maxsize=10_000)
def region_of(country: str | None) -> str | None:
    """Return the two-letter code of a country given by code or English name; None if unknown."""
    name = (country or "").strip().lower()
    code = OTHER_NAMES.get(name)
    if code is None:
        try:
            code = pycountry.countries.lookup(name).alpha_2
        except LookupError:
            return None
    return code if code in phonenumbers.SUPPORTED_REGIONS else None
