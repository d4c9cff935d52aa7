"""Every distinct e-mail address and phone number in normal form, with its keyed hash.

Grain: one row per type, raw value and region. Restricted: it alone ties an address to its hash.
The rules live in ``personalization.identity.contact_values``.
"""

from personalization.identity import contact_values


def model(dbt, session):
    dbt.config(materialized="table")

    values = (
        dbt.ref("int_contact_values").order("identifier_type, raw_value, region").to_arrow_table()
    )
    providers = dbt.ref("email_providers").order("domain").to_arrow_table()
    key = contact_values.key_from_environment(dbt.config.meta_get("engine"))
    # dbt finds the settings a node reads by its text, and misses one inside a larger expression.
    phone_region = dbt.config.meta_get("phone_region")

    return contact_values.normalise(values, key, providers, phone_region)
