import pytest

from personalization.identity import contact_values
from personalization.identity.email_addresses import (
    domain_and_parents,
    normal_email,
    provider_rules,
)

RULES = provider_rules(contact_values.providers_from_file())
SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2003\u2009\u200a\u2028\u2029\u202f"
UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069"
)


@pytest.mark.parametrize("space", [*SPACES, "\u205f", "\u3000"])
def test_white_space_of_every_kind_is_trimmed_and_never_inside(space):
    assert normal_email(f"{space}ada@shop.example{space}", RULES) == "ada@shop.example"
    assert normal_email(f"a{space}da@shop.example", RULES) is None
    assert normal_email(f"ada@sh{space}op.example", RULES) is None


@pytest.mark.parametrize("unseen", [*UNSEEN, "\u2800", "\u3164", "\ufe0f", "\ufeff", "\U000e0001"])
def test_what_nobody_sees_is_gone_wherever_it_stands(unseen):
    spelled = f"{unseen} a{unseen}da{unseen}@sh{unseen}op.example {unseen}"
    assert normal_email(spelled, RULES) == "ada@shop.example"


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("  Ada@Shop.Example\t", "ada@shop.example"),
        # e with a combining acute, even across an unseen character, is the one letter
        ("rene\u0301@shop.example", "ren\u00e9@shop.example"),
        ("REN\u00c9@shop.example", "ren\u00e9@shop.example"),
        ("rene\u200b\u0301@shop.example", "ren\u00e9@shop.example"),
        ("ada@shop.example.", "ada@shop.example"),
        ("ada@shop.example..", None),
        ("ada@M\u00dcnchen.example", "ada@xn--mnchen-3ya.example"),
        ("ada@mu\u0308nchen.example", "ada@xn--mnchen-3ya.example"),
        ("ada@XN--MNCHEN-3YA.example", "ada@xn--mnchen-3ya.example"),
        ("ada@fa\u00df.example", "ada@xn--fa-hia.example"),
        ("ada@shop\u3002example", "ada@shop.example"),
        ("ada@xn--0.example", None),
        ("ada@-shop.example", None),
        ("ada@sh_op.example", None),
        ("ada@shop..example", None),
        ("ada@" + "a" * 64 + ".example", None),
        ("ada@192.0.2.1", None),
        ("ada@localhost", None),
        ("@shop.example", None),
        ("ada@", None),
        ("ada", None),
        ("", None),
        ("ada@bo@shop.example", None),
        ("ada@shop.example,bo@shop.example", None),
        ("a,da@shop.example", None),
    ],
)
def test_an_address_has_one_normal_form_or_is_none(raw, normal):
    assert normal_email(raw, RULES) == normal


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("Ada <Ada@x.example>", "ada@x.example"),
        ('"Berg, Ada" <ada@x.example> ', "ada@x.example"),
        ("<ada@x.example>", "ada@x.example"),
        ("'ada@x.example'", "ada@x.example"),
        ('"ada@x.example";', "ada@x.example"),
        ("'Ada' <ada@x.example>,", "ada@x.example"),
        ("o'neil@x.example", "o'neil@x.example"),
        ("ada @ x.example", "ada@x.example"),
        ("ada\uff20x.example", "ada@x.example"),
        ("ada@x.example, bo@x.example", None),
        ("ada berg @x.example", None),
        ("mailto:Ada@x.example", "ada@x.example"),
        ("MAILTO:ada%2Bnews@x.example?subject=Hi", "ada+news@x.example"),
        ("Ada <mailto:ada@x.example>", "ada@x.example"),
        ("mailto:ada%40y.example@x.example", None),
        ("Ada <a da@x.example>", None),
        ("Ada <>", None),
        ("ada@x.example <bo>", None),
    ],
)
def test_the_address_is_read_from_what_loaders_wrap_it_in(raw, normal):
    assert normal_email(raw, RULES) == normal


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("A.d.a+shop@gmail.com", "ada@gmail.com"),
        ("ada@googlemail.com", "ada@gmail.com"),
        ("ada@GMAIL.com.", "ada@gmail.com"),
        ("ada+a+b@gmail.com", "ada@gmail.com"),
        ("+shop@gmail.com", "+shop@gmail.com"),
        ("..@gmail.com", "..@gmail.com"),
        (".+shop@gmail.com", ".+shop@gmail.com"),
        ("a.da+shop@proton.me", "a.da@proton.me"),
        ("ada@pm.me", "ada@pm.me"),
        ("a.da-shop@yahoo.com", "a.da-shop@yahoo.com"),
        ("a.da+shop@shop.example", "a.da+shop@shop.example"),
        ("a.da@mail.gmail.com", "a.da@mail.gmail.com"),
    ],
)
def test_dots_and_tags_are_ignored_where_the_provider_does_and_nowhere_else(raw, normal):
    assert normal_email(raw, RULES) == normal


def test_a_shop_may_give_rules_of_its_own():
    assert normal_email("A.da+shop@gmail.com", {}) == "a.da+shop@gmail.com"


@pytest.mark.parametrize(
    "raw", ["Ada <A.d.a+x@googlemail.com>", "\u0130da@shop.example", "ada@fa\u00df.example"]
)
def test_the_normal_form_of_a_normal_form_is_itself(raw):
    normal = normal_email(raw, RULES)
    assert normal_email(normal, RULES) == normal


def test_a_domain_lies_in_those_above_it_but_not_in_the_top_level():
    assert domain_and_parents("a.b.shop.example") == "a.b.shop.example b.shop.example shop.example"
    assert domain_and_parents("shop.example") == "shop.example"
