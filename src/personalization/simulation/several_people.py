"""Identity cases in which what looks like one person is several."""

from personalization.simulation.scripts import (
    Case,
    Row,
    account,
    click,
    consent,
    contact,
    order,
    subscriber,
    visit,
)

# Given names of people who have nothing to do with each other.
_NAMES = (
    "Anton", "Beate", "Cem", "Dora", "Emil", "Frieda", "Gustav", "Hilde", "Igor", "Jana",
    "Kurt", "Lena",
)  # fmt: skip
_CROWD = 30


def _case(name: str, *rows: Row) -> Case:
    return Case(name, rows)


def _strangers(count: int, **values) -> list[Row]:
    """Return accounts of people of different names, with what they have in common."""
    return [account(f"p{i}", f"p{i}", f"{_NAMES[i]} {{name{i}}}", **values) for i in range(count)]


def _own(person: str, key: str, name: str, at=None, **values) -> Row:
    """Return an account with an address of its own."""
    return account(person, key, name, at, email=f"{person}{{n}}@mail.example", **values)


def _placeholder(name: str, **typed) -> Case:
    """Return the case of two accounts, of one name even, that typed a placeholder alike."""
    return _case(
        name,
        account("a", "a", "Jan {family}", typed=typed),
        account("b", "b", "Jan {family}", typed=typed),
        order("a", is_judged=True, account="a", typed=typed),
        order("b", is_judged=True, account="b", typed=typed),
    )


def _one_mailbox(name: str, first: str, second: str) -> Case:
    """Return the case of two accounts under one address, which one of them orders with."""
    both = "both{n}@haus.example"
    return _case(
        name,
        account("a", "a", first, email=both),
        account("b", "b", second, email=both),
        order("a", is_judged=True, account="a", email=both),
        order("b", is_judged=True, account="b"),
    )


def _one_phone(name: str, first: str, second: str) -> Case:
    """Return the case of two accounts, with addresses of their own, on one phone."""
    return _case(
        name,
        _own("a", "a", first, phone="{phone}", country="DE"),
        _own("b", "b", second, phone="{phone}", typed={"phone": "{national}"}, country="DE"),
        order("a", is_judged=True, account="a", phone="{phone}"),
        order("b", is_judged=True, account="b", phone="{phone}"),
    )


def _guests(name: str, shop_customer_id: str | tuple[str, ...], count: int) -> Case:
    """Return the case of guests whose orders carry an account id that is nobody's."""
    return _case(
        name,
        *(
            order(
                f"g{i}",
                email=f"visitor{{n}}x{i}@mail.example",
                typed={"shop_customer_id": shop_customer_id},
            )
            for i in range(count)
        ),
    )


CASES = (
    _case(
        "kiosk",
        *(_own(f"p{i}", f"p{i}", f"{name} {{name{i}}}") for i, name in enumerate(_NAMES)),
        *(
            visit(f"p{i}", "kiosk", account=f"p{i}", event_name="identified")
            for i in range(len(_NAMES))
        ),
    ),
    _case(
        "family tablet, two accounts",
        _own("a", "a", "Anton {family}"),
        _own("b", "b", "Beate {family}"),
        visit("a", "tablet", account="a", event_name="identified"),
        visit("b", "tablet", account="b", event_name="identified"),
        order("a", is_judged=True, account="a", device="tablet"),
        order("b", is_judged=True, account="b", device="tablet"),
        click("b", channel="push", event_type="click", account="b", device="tablet"),
    ),
    _case(
        "family tablet, an account and a guest",
        _own("a", "a", "Anton {family}"),
        visit("a", "tablet", account="a", event_name="identified"),
        order("a", is_judged=True, account="a", device="tablet"),
        order("b", is_judged=True, email="b{n}@post.example", device="tablet"),
    ),
    _one_phone("household phone, two accounts", "Anton {family}", "Beate {family}"),
    _one_phone("siblings Anna and Hanna on one phone", "Anna {family}", "Hanna {family}"),
    _one_phone("siblings Martin and Martina on one phone", "Martin {family}", "Martina {family}"),
    _one_phone("father and son on one phone", "John {family} Sr.", "John {family} Jr."),
    _one_phone("two on one phone, names crossed", "Simon Martin", "Martina Simon"),
    _one_mailbox("father and son under one address", "John {family} Sr.", "John {family} Jr."),
    _one_mailbox("two under one address, names crossed", "Martin Simon", "Ada Martin"),
    _case(
        "household phone, an account and guests",
        _own("a", "a", "Anton {family}", phone="{phone}"),
        order("b", is_judged=True, email="beate.{n}@post.example", phone="{phone}"),
        order("c", is_judged=True, email="emil{n}@post.example", phone="{phone}"),
    ),
    _case(
        "household phone, an account and another's contact",
        _own("a", "a", "Anton {family}", phone="{phone}"),
        contact("b", "b", "Beate {family}", email="b{n}@post.example", phone="{phone}"),
        consent(None, "phone", "{phone}"),
    ),
    _case(
        "office mailbox of twelve accounts",
        *_strangers(len(_NAMES), email="empfang{n}@firma{n}.example"),
        *(order(f"p{i}", is_judged=True, account=f"p{i}") for i in range(4)),
    ),
    _case(
        "four accounts of four names under one address",
        *_strangers(4, email="haus{n}@verein.example"),
        *(
            order(f"p{i}", is_judged=True, account=f"p{i}", email="haus{n}@verein.example")
            for i in range(4)
        ),
    ),
    _case(
        "role mailbox",
        *_strangers(2, email="info@firma{n}.example"),
        order("p0", is_judged=True, account="p0", email="info@firma{n}.example"),
    ),
    _case(
        "role mailbox, people of one name",
        account("a", "a", "Jan {family}", email="sales@firma{n}.example"),
        account("b", "b", "Jan {family}", email="sales@firma{n}.example"),
    ),
    _case(
        "disposable address used by two",
        account("a", "a", "Jan {family}", typed={"email": "nobody{n}@mailinator.com"}),
        account("b", "b", "Eva {other}", typed={"email": "nobody{n}@mailinator.com"}),
        order("a", is_judged=True, account="a", typed={"email": "nobody{n}@mailinator.com"}),
    ),
    _placeholder(
        "placeholder as an address",
        email=("noreply@shop{n}.example", "test@test.com", "n/a", "unknown", "null", "-", "none"),
    ),
    _placeholder("placeholder as a phone", phone=("0000000000", "+490000000000", "n/a", "0")),
    _placeholder("placeholder as a contact", contact_id=("unknown", "0", "null", "-1", "N/A")),
    _guests("placeholder as an account", ("0", "null", "-1", "undefined", "NULL"), 6),
    _case(
        "recycled mailbox, two accounts",
        account("a", "a", "Anton {family}", 0.03, email="again{n}@box.example"),
        order("a", 0.08, is_judged=True, account="a", email="again{n}@box.example"),
        order("a", 0.26, is_judged=True, email="again{n}@box.example"),
        account("b", "b", "Beate {other}", 0.7, email="again{n}@box.example"),
        order("b", 0.8, is_judged=True, account="b", email="again{n}@box.example"),
        order("b", 0.93, is_judged=True, email="again{n}@box.example"),
    ),
    _case(
        "recycled mailbox, a contact and an account",
        contact("a", "a", "Anton {family}", 0.03, email="taken{n}@box.example"),
        order("a", 0.08, is_judged=True, email="taken{n}@box.example"),
        order("a", 0.26, is_judged=True, email="taken{n}@box.example"),
        account("b", "b", "Beate {other}", 0.7, email="taken{n}@box.example"),
        order("b", 0.9, is_judged=True, email="taken{n}@box.example"),
    ),
    _case(
        "recycled phone",
        _own("a", "a", "Anton {family}", 0.03, phone="{phone}"),
        order("a", 0.26, is_judged=True, account="a", phone="{phone}"),
        _own("b", "b", "Beate {other}", 0.7, phone="{phone}"),
        order("b", 0.9, is_judged=True, account="b", phone="{phone}"),
    ),
    _case(
        "changed address whose old one another took",
        account("a", "a", "Anton {family}", 0.02, email="a{n}@new.example"),
        order("a", 0.08, is_judged=True, account="a", email="shared{n}@old.example"),
        order("a", 0.26, is_judged=True, account="a", email="shared{n}@old.example"),
        account("b", "b", "Beate {other}", 0.7, email="shared{n}@old.example"),
        order("b", 0.9, is_judged=True, email="shared{n}@old.example"),
        order("a", 0.95, is_judged=True, account="a", email="a{n}@new.example"),
    ),
    _case(
        "account that is a till",
        account("till", "till", "Filiale Mitte", 0.01),
        *(
            order(f"g{i}", account="till", email=f"buyer{{n}}x{i}@mail.example", source_name="pos")
            for i in range(_CROWD)
        ),
    ),
    _case(
        "contact that is anybody",
        contact("walk-in", "walkin", "Walk In", 0.01),
        *(
            _own(f"p{i}", f"p{i}", f"{_NAMES[i % 12]} {{name{i}}}", contact="walkin")
            for i in range(_CROWD)
        ),
    ),
    _case(
        "ids that differ by case alone",
        _own("a", "Kx{n}", "Anton {family}"),
        _own("b", "kX{n}", "Beate {other}"),
        order("a", account="Kx{n}", is_judged=True, email="case{n}@one.example"),
        order("b", account="kX{n}", is_judged=True, email="case{n}@two.example"),
    ),
    _case(
        "ids that differ by leading zeros alone",
        _own("a", "00{n}7", "Anton {family}"),
        _own("b", "{n}7", "Beate {other}"),
        order("a", account="00{n}7", is_judged=True, email="zero{n}@one.example"),
        order("b", account="{n}7", is_judged=True, email="zero{n}@two.example"),
    ),
    _case(
        "two people of one name",
        _own("a", "a", "Jan {family}", country="DE"),
        _own("b", "b", "Jan {family}", country="DE"),
        subscriber("b", "b", "b{n}@mail.example"),
    ),
    _case(
        "chain that phones alone would close",
        _own("a", "a", "Anton {family}", phone="{phone}"),
        # Whose orders these are nobody can say: either account's, or a third person's.
        order(None, email="between{n}@mail.example", phone="{phone}"),
        order(None, email="between{n}@mail.example", phone="{phone2}"),
        _own("b", "b", "Beate {other}", phone="{phone2}"),
    ),
    _case(
        "guest with the phones of two households",
        _own("a", "a", "Anton {family}", phone="{phone}"),
        _own("b", "b", "Beate {family}", phone="{phone}"),
        _own("c", "c", "Cem {other}", phone="{phone2}"),
        _own("d", "d", "Dora {other}", phone="{phone2}"),
        order("guest", is_judged=True, email="guest{n}@post.example", phone="{phone}"),
        order("guest", is_judged=True, email="guest{n}@post.example", phone="{phone2}"),
    ),
)
