"""The language of the identity cases: who writes what into which raw table.

Values are written in normal form; `typed` says how the raw tables write them where that differs,
or what they write though it is nobody's, such as a placeholder. A tuple gives one value per
instance, in turn. In braces stand the words of an instance, see ``identity_cases.words``.
"""

from dataclasses import dataclass, field

Value = str | tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One row of a raw table.

    person : letter of who it tells of; None where nobody can say whose it is.
    at : when, as a share of the world's time; None leaves it to chance.
    values, typed : by column, see the module.
    as_numbers : columns that a file of their own holds as doubles.
    is_judged : the order has to be given to the person.
    """

    table: str
    person: str | None
    at: float | None
    values: dict[str, Value]
    typed: dict[str, Value] = field(default_factory=dict)
    as_numbers: tuple[str, ...] = ()
    is_judged: bool = False


@dataclass(frozen=True)
class Case:
    """What several rows say of who is who."""

    name: str
    rows: tuple[Row, ...]


MUST_MERGE, MUST_NOT_MERGE = "must_merge", "must_not_merge"
_OPTIONS = ("typed", "as_numbers", "is_judged")
# Where identifiers stand in a row: column by type. The ids of rows themselves come first.
CARRIES = {
    "crm_contacts": {"contact_id": "contact_id", "email": "email", "phone": "phone"},
    "shop_customers": {
        "shop_customer_id": "shop_customer_id",
        "contact_id": "contact_id",
        "email": "email",
        "phone": "phone",
    },
    "esp_subscribers": {
        "subscriber_id": "subscriber_id",
        "email": "email",
        "contact_id": "contact_id",
        "shop_customer_id": "shop_customer_id",
    },
    "shop_orders": {
        "shop_customer_id": "shop_customer_id",
        "email": "email",
        "phone": "phone",
        "anonymous_id": "anonymous_id",
    },
    "web_events": {
        "anonymous_id": "anonymous_id",
        "shop_customer_id": "user_id",
        "email": "email",
    },
    "channel_events": {
        "anonymous_id": "anonymous_id",
        "shop_customer_id": "user_id",
        "email": "email",
        "phone": "phone",
    },
}


def account(person: str | None, key: str, name: str = "", at=None, **more) -> Row:
    """Return a shop account; a key such as `a` becomes an id of its own in each instance."""
    return _row("shop_customers", person, at, {"shop_customer_id": account_id(key)}, name, more)


def contact(person: str | None, key: str, name: str = "", at=None, **more) -> Row:
    """Return a contact of the CRM."""
    return _row("crm_contacts", person, at, {"contact_id": contact_id(key)}, name, more)


def subscriber(person: str | None, key: str, email: Value, at=None, **more) -> Row:
    """Return a subscriber of the e-mail platform."""
    own = {"subscriber_id": f"KS{{n}}{key}", "email": email}
    return _row("esp_subscribers", person, at, own, "", more)


def order(person: str | None, at=None, **more) -> Row:
    """Return an order; is_judged says that it has to be given to this person."""
    return _row("shop_orders", person, at, {}, "", more)


def visit(person: str | None, device: str, at=None, **more) -> Row:
    """Return an event of the tracker on a device."""
    return _row("web_events", person, at, {"anonymous_id": device_id(device)}, "", more)


def click(person: str | None, at=None, **more) -> Row:
    """Return a click on another channel."""
    return _row("channel_events", person, at, {}, "", more)


def consent(person: str | None, subject_type: str, subject_value: str, at=None) -> Row:
    """Return a statement that somebody may be mailed."""
    said = {"subject_type": subject_type, "subject_value": subject_value}
    return _row("consent_events", person, at, said, "", {})


def account_id(key: str) -> str:
    """Return the id of an account, unless the key is an id as it is."""
    return key if "{" in key else f"KA{{n}}{key}"


def contact_id(key: str) -> str:
    """Return the id of a contact, unless the key is an id as it is."""
    return key if "{" in key else f"KC{{n}}{key}"


def device_id(key: str) -> str:
    """Return the id of a device."""
    return f"kd{{n}}{key}"


def _row(table: str, person: str | None, at, own: dict, name: str, more: dict) -> Row:
    options = {name: more.pop(name) for name in _OPTIONS if name in more}
    values = {**own, **more}
    if name:
        values["first_name"], _, values["last_name"] = name.partition(" ")
    for column, identifier in (
        ("account", account_id),
        ("contact", contact_id),
        ("device", device_id),
    ):
        if column in values:
            values[_REFERS[table, column]] = identifier(values.pop(column))
    return Row(table, person, at, values, **options)


# `account=`, `contact=` and `device=` name another row by its key, whatever the column is called.
_REFERS = {
    (table, short): columns[kind]
    for table, columns in CARRIES.items()
    for short, kind in (
        ("account", "shop_customer_id"),
        ("contact", "contact_id"),
        ("device", "anonymous_id"),
    )
    if kind in columns
}
