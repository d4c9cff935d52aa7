"""DESIGN's table of layers, proven over dbt's manifest."""

from collections import defaultdict
from functools import cache
from pathlib import Path

import duckdb
import pytest
from builds import ROOT

from personalization.warehouse import copies

MAY_READ = {
    # Lines, refunds and mail events are erased with what they belong to.
    "base": {"raw", "seed", "base"},
    "staging": {"base", "raw"},
    "quality": {"base", "quality"},
    "intermediate": {"staging", "intermediate", "seed"},
    "features": {"intermediate", "staging", "features", "seed"},
    "ml": {"features", "intermediate", "ml", "seed"},
    "marts": {"staging", "intermediate", "features", "ml", "quality", "seed", "marts"},
    # One model by name: the only door to sending.
    "activation": {"marts", "int_mailable"},
}
PREFIXES = {
    "base_": "base",
    "stg_": "staging",
    "quarantined_": "quality",
    "int_": "intermediate",
    "feat_": "features",
    "ml_": "ml",
    "dim_": "marts",
    "fct_": "marts",
    "rpt_": "marts",
    "sync_": "activation",
}
FOLDERS = {
    "base": "models/staging/",
    "staging": "models/staging/",
    "quality": "models/quality/",
    "intermediate": "models/intermediate/",
    "features": "models/features/",
    "ml": "models/ml/",
    "marts": "models/marts/",
    "activation": "models/marts/activation/",
}


def layer(node: dict) -> str:
    if node["resource_type"] in ("source", "seed"):
        return "raw" if node["resource_type"] == "source" else "seed"
    return next(layer for prefix, layer in PREFIXES.items() if node["name"].startswith(prefix))


def models(manifest: dict) -> list[dict]:
    return [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]


def forbidden_reads(manifest: dict) -> list[tuple[str, str]]:
    everything = manifest["nodes"] | manifest["sources"]
    return [
        (model["name"], everything[parent]["name"])
        for model in models(manifest)
        for parent in model["depends_on"]["nodes"]
        if not {layer(everything[parent]), everything[parent]["name"]} & MAY_READ[layer(model)]
    ]


def test_every_model_reads_only_what_its_layer_may(manifest):
    assert len(models(manifest)) > 80
    assert forbidden_reads(manifest) == []


@pytest.mark.parametrize(
    ("reader", "read", "found"),
    [
        ("feat_x", "fct_y", [("feat_x", "fct_y")]),
        ("sync_x", "int_y", [("sync_x", "int_y")]),
        ("sync_x", "feat_y", [("sync_x", "feat_y")]),
        ("sync_x", "int_mailable", []),
        ("fct_x", "sync_y", [("fct_x", "sync_y")]),
    ],
)
def test_a_forbidden_read_would_be_found(reader, read, found):
    nodes = {
        "model.a": {"name": reader, "depends_on": {"nodes": ["model.b"]}},
        "model.b": {"name": read, "depends_on": {"nodes": []}},
    }
    planted = {name: node | {"resource_type": "model"} for name, node in nodes.items()}
    assert forbidden_reads({"nodes": planted, "sources": {}}) == found


def test_every_model_lies_in_the_folder_of_its_layer(manifest):
    misplaced = [
        m["original_file_path"]
        for m in models(manifest)
        if not m["original_file_path"].startswith(("python_models/", FOLDERS[layer(m)]))
    ]
    assert misplaced == []
    activation = FOLDERS["activation"]
    assert {
        layer(m) for m in models(manifest) if m["original_file_path"].startswith(activation)
    } == {"activation"}


def test_every_model_says_what_a_row_is_and_who_answers_for_it(manifest):
    silent = [
        m["name"]
        for m in models(manifest)
        if "Grain: one row" not in m["description"] or not m["config"]["meta"].get("owner")
    ]
    assert silent == []


def test_every_model_has_a_tested_key_but_the_rows_as_they_were_delivered(manifest):
    keyed = {
        n["attached_node"]
        for n in manifest["nodes"].values()
        if n["resource_type"] == "test" and n.get("test_metadata", {}).get("name") == "key"
    }
    keyless = [
        m["name"] for m in models(manifest) if m["unique_id"] not in keyed and layer(m) != "base"
    ]
    assert keyless == []


def test_every_mart_has_an_enforced_contract_and_describes_every_column(manifest):
    published = [m for m in models(manifest) if m["schema"] == "marts"]
    assert {m["name"] for m in published} >= {
        "dim_customers",
        "feat_customer_rfm",
        "quarantined_rows",
    }
    assert [m["name"] for m in published if not m["config"]["contract"]["enforced"]] == []
    assert [
        (m["name"], c["name"])
        for m in published
        for c in m["columns"].values()
        if not c["description"]
    ] == []


def test_every_table_of_the_state_is_exported_and_restored(manifest):
    kept = {m["name"] for m in models(manifest) if m["schema"] == "state"}
    # Those that no model writes come from `personalization erase`.
    assert kept | {"int_erasures"} == set(copies.STATE_TIMES)


def test_every_column_of_a_raw_table_is_described_and_has_a_kind(manifest):
    columns = [
        (s["name"], c)
        for s in manifest["sources"].values()
        for c in s["columns"].values()
        if s["source_name"] == "raw"
    ]
    assert len({table for table, _ in columns}) == 19
    assert [
        (t, c["name"])
        for t, c in columns
        if not c["description"] or "kind" not in c["config"]["meta"]
    ] == []


def test_of_restricted_tables_only_keys_leave_the_restricted_schemas(manifest):
    by_id = {m["unique_id"]: m for m in models(manifest)}
    readers = {
        m["name"]
        for m in models(manifest)
        if m["schema"] not in ("pii", "staging", "raw")
        and any(by_id[p]["schema"] == "pii" for p in m["depends_on"]["nodes"] if p in by_id)
    }
    # Each of these was read through: it selects keys, ids and hashes alone; those that judge
    # mailboxes and phones compare names and tell none; int_customer_attributes has countries, time
    # zones and languages; int_mail_events has what the seeds say of user agents and networks.
    assert readers == {
        "int_capped_identifiers",
        "int_chained_phones",
        "int_channel_touches",
        "int_consent_statements",
        "int_customer_attributes",
        "int_customer_moves",
        "int_experiment_exposures",
        "int_identifiers",
        "int_mail_events",
        "int_mailbox_conflicts",
        "int_orders",
        "int_person_edges",
        "int_phone_carriers",
        "int_ratings",
        "int_reference_edges",
        "int_shared_phones",
        "int_stated_preferences",
        "int_unknown_exposures",
        "int_unlinked_denials",
        "int_usable_links",
        "rpt_identity_conflicts",
    }


def test_every_feature_of_customers_comes_through_the_one_door(manifest):
    by_name = {m["name"]: m["depends_on"]["nodes"] for m in models(manifest)}
    customer_features = [name for name in by_name if name.startswith("feat_customer_")]
    assert customer_features
    assert [
        n for n in customer_features if "model.personalization.feat_spine" not in by_name[n]
    ] == []


@pytest.fixture(scope="module")
def columns(shop) -> dict[str, set[str]]:
    """Columns of every model of the small shop's warehouse, by name."""
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, column_name from information_schema.columns"
        ).fetchall()
    found = defaultdict(set)
    for table, column in rows:
        found[table].add(column)
    return found


def reach(manifest: dict) -> dict[str, set[str]]:
    """Names of all that a model reads, directly or through others, by its name."""
    by_id = {m["unique_id"]: m for m in models(manifest)}

    @cache
    def above(unique_id: str) -> frozenset[str]:
        parents = [p for p in by_id[unique_id]["depends_on"]["nodes"] if p in by_id]
        return frozenset(by_id[p]["name"] for p in parents).union(*map(above, parents))

    return {m["name"]: set(above(m["unique_id"])) for m in by_id.values()}


def test_whatever_is_learned_of_a_customer_comes_through_the_one_door(manifest, columns):
    ancestors = reach(manifest)
    learned = [
        name
        for name in ancestors
        if name.startswith(("ml_", "feat_customer_"))
        and columns[name] & {"customer_id", "customer_key"}
    ]
    assert len(learned) >= 20
    assert [name for name in learned if "feat_spine" not in ancestors[name]] == []


def test_who_reads_the_map_of_customers_beside_the_door_is_known(manifest):
    names = {m["unique_id"]: m["name"] for m in models(manifest)}
    maps = {"int_customers", "int_identifier_customers"}
    readers = {
        m["name"]
        for m in models(manifest)
        if m["name"].startswith(("ml_", "feat_"))
        and maps & {names.get(parent) for parent in m["depends_on"]["nodes"]}
    }
    # The door itself; those that join facts to customers of the spine; one that wants lists for
    # whoever the door refuses too: of popular products.
    assert readers == {
        "feat_spine",
        "feat_customer_affinities",
        "feat_customer_demographics",
        "feat_customer_engagement",
        "feat_customer_hours",
        "feat_customer_preferences",
        "feat_customer_rfm",
        "feat_customer_spending",
        "ml_basket_products",
        "ml_interactions",
        "ml_rating_labels",
        "ml_ratings",
        "ml_wanted_lists",
    }


def test_subscribers_reach_senders_through_the_one_door(manifest, columns):
    names = {m["unique_id"]: m["name"] for m in models(manifest)}
    senders = {
        m["name"]: {names[p] for p in m["depends_on"]["nodes"] if p in names}
        for m in models(manifest)
        if layer(m) == "activation"
    }
    assert len(senders) >= 3
    sources = {
        name: {p for p in parents if "subscriber_id" in columns[p] and p not in senders}
        for name, parents in senders.items()
    }
    assert sources == {name: {"int_mailable"} for name in senders}


@pytest.mark.parametrize(
    ("pattern", "most"),
    [
        ("models/**/*.sql", 120),
        ("macros/**/*.sql", 120),
        ("python_models/**/*.py", 40),
        ("src/**/*.py", 300),
    ],
)
def test_no_file_is_too_long_to_read(pattern, most):
    lengths = {
        str(p.relative_to(ROOT)): len(Path(p).read_text().splitlines()) for p in ROOT.glob(pattern)
    }
    assert lengths
    assert {path: n for path, n in lengths.items() if n > most} == {}
