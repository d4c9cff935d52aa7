import importlib.util
import sys
from dataclasses import asdict
from datetime import date, timedelta
from types import SimpleNamespace
from unittest.mock import Mock

import pyarrow as pa
import pytest
from builds import ROOT
from recommender_tables import labels, pairs, shown, table, tastes

from personalization.recommenders import sequence_candidates
from personalization.recommenders.candidates import SCHEMA, Plan
from personalization.recommenders.sequence_candidates import is_ready, put_forward

TEA, MUG, RAKE = 10, 20, 30
MODEL = {
    "dimensions": 4,
    "epochs": 2,
    "learning_rate": 0.01,
    "factor_rate": 1.0,
    "dropout": 0.1,
    "days_a_step": 7,
    "steps": 8,
    "steps_ahead": 1,
    "customers_at_once": 8,
    "cuts": 2,
    "seed": 1,
}
NOW = date(2026, 3, 1)
TASTES = tastes(
    *(("score", customer, TEA, 1.0, True) for customer in range(1, 9)),
    *(("score", customer, MUG, 1.0, True) for customer in range(1, 8)),
    ("score", 9, RAKE, 1.0, True),
)
DAYS = [
    *((customer, TEA, NOW - timedelta(30), True) for customer in range(1, 9)),
    *((customer, MUG, NOW - timedelta(20), True) for customer in range(1, 8)),
    (9, RAKE, NOW - timedelta(1), True),
]
HISTORY = pairs(*(("score", customer, TEA) for customer in range(1, 9)))


def forward(days=DAYS, liked=TASTES, as_of=NOW, min_buyers=2, model=MODEL) -> pa.Table:
    kinds = {"customer_key": pa.int32(), "product_key": pa.int32()}
    return put_forward(
        Plan(5, min_buyers, 99, 0.5, 0.5, model),
        table(*days, **kinds, interaction_date=pa.date32(), is_bought=pa.bool_()),
        table(("score", as_of), purpose=pa.string(), as_of_date=pa.date32()),
        liked,
        HISTORY,
        shown("score", TEA, MUG, RAKE),
        labels(),
    )


def test_off_it_is_not_ready_and_imports_nothing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert not is_ready(False)
    assert capsys.readouterr().out == ""


def test_on_without_torch_it_says_in_one_line_how_to_install_it(monkeypatch, capsys):
    # None makes an import fail as that of a missing package does.
    monkeypatch.setitem(sys.modules, "torch", None)
    assert not is_ready(True)
    said = capsys.readouterr().out
    assert said == sequence_candidates.MISSING + "\n"
    assert "\n" not in sequence_candidates.MISSING
    assert "`make deep`" in said


def dbt_of(is_on: bool) -> SimpleNamespace:
    """What dbt gives the node; its tables are names, which nobody can read."""
    meta = {"is_on": is_on, "settings": asdict(Plan(5, 2, 99, 0.5, 0.5, MODEL))}
    config = Mock(meta_get=meta.__getitem__)
    return SimpleNamespace(config=config, ref=str)


@pytest.mark.parametrize("is_on", [False, True])
def test_off_or_without_torch_the_node_reads_nothing_and_has_no_row(is_on, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    path = ROOT / "python_models/recommenders/ml_candidates_sequence.py"
    spec = importlib.util.spec_from_file_location("ml_candidates_sequence", path)
    node = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(node)
    assert node.model(dbt_of(is_on), None).equals(SCHEMA.empty_table())


def test_where_no_product_has_enough_buyers_there_is_no_row():
    assert forward(min_buyers=99).equals(SCHEMA.empty_table())
    assert forward(days=[], liked=tastes()).equals(SCHEMA.empty_table())


def test_each_customer_gets_their_own_products_and_what_is_new_to_them():
    pytest.importorskip("torch", reason="the extra deep is not installed")
    found = forward()
    assert found.schema == SCHEMA
    # 8 never ordered a mug, 9 neither that nor tea; of what the others ordered only their history
    # has a score.
    put = set(zip(*(found[c].to_pylist() for c in ("customer_key", "product_key")), strict=True))
    assert put == {(customer, TEA) for customer in range(1, 9)} | {(8, MUG), (9, TEA), (9, MUG)}
    assert min(found["score"].to_pylist()) > 0


def test_nothing_from_the_moment_on_is_read():
    pytest.importorskip("torch", reason="the extra deep is not installed")
    later = [(8, MUG, NOW, True), (1, TEA, NOW + timedelta(3), True)]
    assert forward(DAYS + later).equals(forward())
    before = [(8, MUG, NOW - timedelta(1), True)]
    assert not forward(DAYS + before).equals(forward())


def test_an_unknown_setting_is_an_error():
    pytest.importorskip("torch", reason="the extra deep is not installed")
    with pytest.raises(TypeError, match="moons"):
        forward(model=MODEL | {"moons": 2})
