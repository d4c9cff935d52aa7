"""Consent through both doors, at the instants where it changes."""

import pytest
from builds import run_build, write_tables

WITHDRAWN_AT = "2026-03-01 12:00:00.000000"
JUST_AFTER = "2026-03-01 12:00:00.000001"
# 30 days before midnight of that day: the moment that models are tested at.
TESTED_AT = "2026-01-30 00:00:00.000000"
JUST_BEFORE_TEST = "2026-01-29 23:59:59.999999"
GRANTED_AT = "2025-01-02"
PURPOSES = ("email_marketing", "sms_marketing", "push_marketing", "advertising", "profiling")
PEOPLE = {
    "leaver": {"email": "leaver@shop.example"},
    "stayer": {"email": "stayer@shop.example"},
    "office": {"email": "info@shop.example"},
    "ann": {"first_name": "Ann", "phone": "030 901820"},
    "ben": {"first_name": "Ben", "phone": "+49 30 901820"},
}
# Newcomers said yes to profiling at another moment, and to nothing else.
NEWCOMERS = {"came_just_before": JUST_BEFORE_TEST, "came_at_the_moment": TESTED_AT}
MARTS = "+feat_spine +dim_customers +dim_customer_identifiers +sync_customer_profiles"


def statement(subject_type: str, value: str, purpose: str, status: str, moment: str) -> dict:
    words = (subject_type, value, purpose, status, moment)
    names = ("subject_type", "subject_value", "purpose", "status", "occurred_at")
    return {"consent_event_id": " ".join(words), **dict(zip(names, words, strict=True))}


def world() -> dict[str, list[dict]]:
    """People who allow everything, and what some of them say later."""
    blank = dict.fromkeys(("email", "phone", "first_name"))
    contacts = [
        blank | carried | {"contact_id": name, "country": "DE", "created_at": "2025-01-01"}
        for name, carried in (PEOPLE | {name: {} for name in NEWCOMERS}).items()
    ]
    consents = [
        statement("contact_id", name, purpose, "granted", GRANTED_AT)
        for name in PEOPLE
        for purpose in PURPOSES
    ]
    consents += [
        statement("contact_id", name, "profiling", "granted", moment)
        for name, moment in NEWCOMERS.items()
    ]
    consents += [
        statement("email", "Leaver@shop.example", purpose, "withdrawn", WITHDRAWN_AT)
        for purpose in ("email_marketing", "profiling")
    ]
    consents += [
        statement("email", "leaver@shop.example", "profiling", "granted", WITHDRAWN_AT),
        statement("phone", "+4930901820", "sms_marketing", "denied", "2025-02-01"),
        statement("phone", "+4930901820", "sms_marketing", "granted", "2025-03-01"),
        statement("email", "INFO@shop.example", "email_marketing", "denied", "2025-02-01"),
        statement("email", "nobody@shop.example", "profiling", "denied", "2025-02-01"),
    ]
    subscribers = [
        {
            "subscriber_id": name,
            "email": f"{name}@shop.example",
            "contact_id": name,
            "status": "subscribed",
            "subscribed_at": "2025-01-01",
        }
        for name in ("leaver", "stayer")
    ]
    # Nobody's; months have ends for which segments are made once something was sold.
    order = {"order_id": "o1", "ordered_at": "2025-02-01", "currency": "EUR", "total": 1}
    request = {
        "request_id": "r1",
        "request_type": "do_not_sell",
        "subject_type": "email",
        "subject_value": "leaver@shop.example",
        "requested_at": WITHDRAWN_AT,
    }
    return {
        "crm_contacts": contacts,
        "consent_events": consents,
        "esp_subscribers": subscribers,
        "privacy_requests": [request],
        "shop_orders": [order],
    }


@pytest.fixture(scope="module")
def builds(tmp_path_factory):
    """The world as of the moment of the withdrawal, and a microsecond later."""
    raw_data = write_tables(tmp_path_factory.mktemp("consent"), world())
    made = {}
    for as_of in (WITHDRAWN_AT, JUST_AFTER):
        made[as_of] = run_build(
            tmp_path_factory.mktemp("built"),
            raw_data,
            AS_OF=as_of,
            DBT_ARGS=f"--select {MARTS} +rpt_data_quality --exclude resource_type:test",
        )
        assert made[as_of].status == 0, made[as_of].output
    return made


def contacts_with(build, condition: str) -> set[str]:
    return {
        name
        for (name,) in build.query(
            f"""select identifier_value from dim_customer_identifiers
            inner join dim_customers using (customer_id)
            where identifier_type = 'contact_id' and {condition}"""
        )
    }


def in_spine(build, purpose: str) -> set[str]:
    return contacts_with(
        build, f"customer_id in (select customer_id from feat_spine where purpose = '{purpose}')"
    )


EVERYONE = {*PEOPLE, *NEWCOMERS}
PAST = ("test", "validation", "train_1", "train_2", "train_3", "month_end")


def test_as_of_a_withdrawal_the_person_is_learned_from_and_just_after_at_no_moment_ever(builds):
    before = {purpose: in_spine(builds[WITHDRAWN_AT], purpose) for purpose in ("score", *PAST)}
    assert all("leaver" in people for people in before.values())
    after = {purpose: in_spine(builds[JUST_AFTER], purpose) for purpose in ("score", *PAST)}
    assert {p: people - {"leaver"} for p, people in before.items()} == after


def test_a_grant_opens_the_door_for_moments_after_it_and_not_for_its_own(builds):
    for build in builds.values():
        assert NEWCOMERS.keys() & in_spine(build, "test") == {"came_just_before"}
        assert NEWCOMERS.keys() & in_spine(build, "validation") == set()
        assert NEWCOMERS.keys() <= in_spine(build, "score")


def test_mail_and_profile_end_just_after_the_withdrawal_and_the_grant_of_its_instant_is_void(
    builds,
):
    everyone_else = EVERYONE - {"leaver"}
    assert contacts_with(builds[WITHDRAWN_AT], "can_profile") == EVERYONE
    assert contacts_with(builds[JUST_AFTER], "can_profile") == everyone_else
    sent = {
        a: b.query("select subscriber_id from sync_customer_profiles order by 1")
        for a, b in builds.items()
    }
    assert sent == {WITHDRAWN_AT: [("leaver",), ("stayer",)], JUST_AFTER: [("stayer",)]}


def test_who_asks_not_to_be_sold_is_advertised_to_until_that_moment(builds):
    assert contacts_with(builds[WITHDRAWN_AT], "can_advertise") == set(PEOPLE)
    assert contacts_with(builds[JUST_AFTER], "can_advertise") == {*PEOPLE} - {"leaver"}


def test_a_denial_by_a_shared_number_or_a_role_mailbox_binds_every_bearer_and_a_grant_nobody(
    builds,
):
    assert contacts_with(builds[WITHDRAWN_AT], "can_sms") == {*PEOPLE} - {"ann", "ben"}
    assert contacts_with(builds[WITHDRAWN_AT], "can_email") == {*PEOPLE} - {"office"}


def test_statements_that_reach_nobody_are_counted(builds):
    for build in builds.values():
        found = build.query(
            """select table_name, "count" from rpt_data_quality
            where "check" = 'unknown_subject'"""
        )
        # The grant by the shared number, and the denial by an address that nobody has.
        assert found == [("consent_events", 2)]
