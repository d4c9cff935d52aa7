import pyarrow as pa
import pytest

from personalization.attribution import channels

SETTINGS = channels.Settings(markov_order=1)
TYPES = pa.schema(
    [("path", pa.list_(pa.string())), ("conversion_count", pa.int64()), ("null_count", pa.int64())]
)


def journeys(*rows):
    return pa.Table.from_pylist([dict(zip(TYPES.names, row, strict=True)) for row in rows], TYPES)


def test_shares_add_up_to_one_and_conversions_to_all_orders():
    weighed = channels.weigh(
        journeys((["c1", "c2", "c3"], 1, 0), (["c1"], 0, 1), (["c2", "c3"], 0, 1)), SETTINGS
    )
    rows = weighed.to_pylist()
    markov = {row["channel"]: row["share"] for row in rows if row["method"] == "markov"}
    # Bryl (2016): effects 0.5, 1, 1 give 0.2, 0.4, 0.4 of the one conversion.
    assert markov == pytest.approx({"c1": 0.2, "c2": 0.4, "c3": 0.4})
    for method in ("markov", "shapley"):
        own = [row for row in rows if row["method"] == method]
        assert sum(row["share"] for row in own) == pytest.approx(1)
        assert sum(row["attributed_conversions"] for row in own) == pytest.approx(1)


def test_each_method_tells_its_own_value_alone():
    for row in channels.weigh(journeys((["a", "b"], 4, 1)), SETTINGS).to_pylist():
        told = row["removal_effect"] if row["method"] == "markov" else row["shapley_value"]
        assert told is not None
        assert (row["removal_effect"] is None) == (row["method"] == "shapley")
        assert (row["shapley_value"] is None) == (row["method"] == "markov")


@pytest.mark.parametrize("rows", [[], [(["a"], 0, 3)]])
def test_where_nobody_ordered_nothing_is_weighed(rows):
    weighed = channels.weigh(journeys(*rows), SETTINGS)
    assert weighed.num_rows == 0
    assert weighed.schema == channels.SCHEMA


def test_an_unknown_setting_is_refused():
    with pytest.raises(TypeError, match="markov_ordr"):
        channels.Settings(markov_ordr=1)
