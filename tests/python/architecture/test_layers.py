"""DESIGN's table of layers, proven over dbt's manifest."""

from pathlib import Path

import pytest
from builds import ROOT

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
    # Each of these was read through: it selects keys and hashes alone.
    assert readers == {
        "int_shared_identifiers",
        "int_usable_links",
        "int_identifiers",
        "int_orders",
        "int_consent_statements",
    }


def test_every_feature_of_customers_comes_through_the_one_door(manifest):
    by_name = {m["name"]: m["depends_on"]["nodes"] for m in models(manifest)}
    customer_features = [name for name in by_name if name.startswith("feat_customer_")]
    assert customer_features
    assert [
        n for n in customer_features if "model.personalization.feat_spine" not in by_name[n]
    ] == []


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
