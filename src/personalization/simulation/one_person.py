"""Identity cases in which what looks like several people is one."""

from personalization.simulation.scripts import (
    Case,
    Row,
    account,
    account_id,
    click,
    consent,
    contact,
    order,
    subscriber,
    visit,
)

_ZERO_WIDTH, _NO_BREAK = "\u200b", "\u00a0"
# Longer than Gmail's thirty letters, so that nobody can have it.
_GMAIL = "nobody.has.an.address.as.long.as.this{n}"


def _case(name: str, *rows: Row) -> Case:
    return Case(name, rows)


def _written(name: str, normal: str, *written: str) -> Case:
    """Return the case of a guest who writes the address of an account in another way."""
    return _case(
        name,
        account("a", "a", "Zora {family}", email=normal),
        *(order("a", is_judged=True, email=normal, typed={"email": typed}) for typed in written),
        subscriber("a", "a", normal, typed={"email": written[-1]}),
    )


def _second_account(name: str, first: str, second: str) -> Case:
    """Return the case of a second account under the same address, under a name of its own."""
    return _case(
        name,
        account("a", "a", first, email="again{n}@mail.example"),
        account("a", "b", second, email="again{n}@mail.example"),
        order("a", is_judged=True, account="b"),
    )


CASES = (
    _written("address in another case", "zora{n}@mail.example", "ZORA{n}@MAIL.example"),
    _written(
        "address with white space around",
        "zora{n}@post.example",
        f"{_NO_BREAK}zora{{n}}@post.example\t",
        "\u3000 zora{n}@post.example\r\n",
    ),
    _written(
        "address with zero-width characters",
        "zora{n}@web.example",
        f"zora{_ZERO_WIDTH}{{n}}@web.example",
        "\ufeffzora{n}@web.example\u200d",
    ),
    _written(
        "address with what lists leave around it",
        "zora{n}@list.example",
        "'zora{n}@list.example'",
        '"Zora" <zora{n}@list.example>;',
        "zora{n} @list.example,",
    ),
    _written("address decomposed", "zo\u00eb{n}@mail.example", "zoe\u0308{n}@mail.example"),
    _written(
        "domain in unicode and in punycode",
        "zora{n}@xn--bcher-kva.example",
        "zora{n}@b\u00fccher.example",
        "zora{n}@B\u00dcCHER.example",
    ),
    _written(
        "Gmail's dots, tags and other name",
        _GMAIL.replace(".", "") + "@gmail.com",
        _GMAIL + "@gmail.com",
        _GMAIL + "+shop@gmail.com",
        _GMAIL.title().replace("{N}", "{n}") + "@googlemail.com",
    ),
    _case(
        "guest orders with the address of an account",
        account("a", "a", "Zora {family}", email="guest{n}@mail.example"),
        *(order("a", is_judged=True, email="guest{n}@mail.example") for _ in range(3)),
        consent("a", "email", "guest{n}@mail.example"),
    ),
    _case(
        "guest first, account later, address alone in common",
        order("a", 0.05, is_judged=True, email="later{n}@mail.example"),
        order("a", 0.3, is_judged=True, email="later{n}@mail.example"),
        account("a", "a", "Zora {family}", 0.6, email="later{n}@mail.example"),
        order("a", 0.8, is_judged=True, account="a"),
    ),
    _second_account("second account, same name", "Zora {family}", "Zora {family}"),
    _second_account("second account, name mistyped", "Katharina {family}", "Kathatina {family}"),
    _second_account("second account, initial only", "Zora {family}", "Z. {family}"),
    _second_account("second account, married name", "Zora {family}", "Zora {other}"),
    _second_account("second account, double name", "Anna-Lena {family}", "Lena {other}-{family}"),
    _second_account("second account, nickname", "William {family}", "Bill {family}"),
    _second_account("second account, umlauts written out", "JÜRGEN Müßler", "Juergen Muessler"),
    _second_account("second account, accents left out", "Élène Lefèvre-Noël", "Elene Lefevre Noel"),
    _second_account("second account, names in the other order", "Zora {family}", "{family} Zora"),
    _second_account("second account, another script", "Юрий Иванов", "Yuri Ivanov"),
    _case(
        "contact imported twice, spelt otherwise",
        contact("a", "a", "Zoë Müller", email="twice{n}@mail.example"),
        contact("a", "b", "Zoe Mueller", email="twice{n}@mail.example"),
        account("a", "a", "Mueller Zoe", email="twice{n}@mail.example"),
        order("a", is_judged=True, email="twice{n}@mail.example"),
    ),
    _case(
        "subscriber refers to the contact alone",
        contact("a", "a", "Zora {family}", email="work{n}@office.example"),
        subscriber("a", "a", "home{n}@mail.example", contact="a"),
    ),
    _case(
        "account refers to the contact",
        contact("a", "a", "Zora {family}", email="work{n}@desk.example"),
        account("a", "a", "Zora {family}", email="home{n}@web.example", contact="a"),
        order("a", is_judged=True, email="work{n}@desk.example"),
    ),
    _case(
        "changed address",
        account("a", "a", "Zora {family}", 0.05, email="new{n}@mail.example"),
        order("a", 0.15, account="a", email="old{n}@mail.example", is_judged=True),
        order("a", 0.35, account="a", email="old{n}@mail.example", is_judged=True),
        order("a", 0.8, account="a", email="new{n}@mail.example", is_judged=True),
    ),
    _case(
        "phone in national and international form",
        contact(
            "a",
            "a",
            "Zora {family}",
            email="work{n}@mail.example",
            phone="{phone}",
            country="DE",
            typed={"phone": ("{national}", "{national_spaced}", "00{digits}")},
        ),
        account("a", "a", "Zora {family}", email="home{n}@post.example", phone="{phone}"),
    ),
    _case(
        "phone in forms that name no country",
        account("a", "a", "Zora {family}", email="abroad{n}@mail.example", phone="{phone}"),
        order("a", is_judged=True, phone="{phone}", typed={"phone": "00{digits}"}),
        order("a", is_judged=True, phone="{phone}", typed={"phone": "{phone}.0"}),
        order("a", is_judged=True, phone="{phone}", typed={"phone": "{phone} (mobile)"}),
    ),
    _case(
        "unshared phone, names that only signs tell apart",
        contact("a", "a", "Zoë O'Müller", email="one{n}@mail.example", phone="{phone}"),
        account("a", "a", "Zoe O\u2019Mueller", email="two{n}@mail.example", phone="{phone}"),
    ),
    _case(
        "unshared phone, names in the other order",
        contact("a", "a", "Zora Lindqvist", email="one{n}@mail.example", phone="{phone}"),
        account("a", "a", "Lindqvist Zora", email="two{n}@mail.example", phone="{phone}"),
    ),
    _case(
        "unshared phone, equal names, different addresses",
        contact("a", "a", "Zora {family}", email="one{n}@mail.example", phone="{phone}"),
        account("a", "a", "ZORA {family} ", email="two{n}@mail.example", phone="{phone}"),
    ),
    _case(
        "guest with the phone of an account",
        account("a", "a", "Zora {family}", email="phoned{n}@mail.example", phone="{phone}"),
        *(order("a", is_judged=True, phone="{phone}") for _ in range(2)),
        click("a", channel="sms", event_type="click", phone="{phone}"),
    ),
    _case(
        "guest with the phone of an account and another address",
        account("a", "a", "Anton {family}", email="a{n}@mail.example", phone="{phone}"),
        order("a", is_judged=True, email="anton.{n}@post.example", phone="{phone}"),
    ),
    _case(
        "guest with a phone and nothing else",
        *(order("a", is_judged=True, phone="{phone}") for _ in range(3)),
    ),
    _case(
        "device that one account identified",
        account("a", "a", "Zora {family}", email="device{n}@mail.example"),
        visit("a", "a", account="a", event_name="identified"),
        visit("a", "a", event_name="page_viewed"),
        order("a", is_judged=True, device="a"),
        consent("a", "anonymous_id", "kd{n}a"),
    ),
    _case(
        "device with anonymous events before the login",
        *(visit("a", "a", at, event_name="page_viewed") for at in (0.05, 0.2, 0.4)),
        order("a", 0.45, is_judged=True, device="a"),
        account("a", "a", "Zora {family}", 0.5, email="before{n}@mail.example"),
        visit("a", "a", 0.7, account="a", event_name="identified"),
    ),
    _case(
        "two devices of one account",
        account("a", "a", "Zora {family}", email="devices{n}@mail.example"),
        visit("a", "a", account="a", event_name="identified"),
        visit("a", "b", email="devices{n}@mail.example", event_name="identified"),
        click("a", channel="push", event_type="click", account="a", device="b"),
    ),
    _case(
        "id as a double in one file and as text in another",
        account("a", "9{n:09d}", "Zora {family}", email="double{n}@mail.example"),
        order(
            "a",
            account="9{n:09d}",
            email="other{n}@mail.example",
            as_numbers=("shop_customer_id",),
            is_judged=True,
        ),
        order("a", account="9{n:09d}", is_judged=True),
    ),
    _case(
        "id with white space around",
        account("a", "a", "Zora {family}", email="space{n}@mail.example"),
        order(
            "a",
            account="a",
            email="trimmed{n}@mail.example",
            typed={"shop_customer_id": f"{_NO_BREAK}{account_id('a')} \t"},
            is_judged=True,
        ),
    ),
)
