"""The build fails when the lists of customers who differ collapse to the popular list."""

import json

import duckdb
import pytest

GUARD = "assert_lists_do_not_collapse_to_the_popular_list"
# Everyone is shown the popular products in their order; {0} is what was published.
COLLAPSED = """
    select listed.* replace (popular.product_id as product_id, 'hybrid' as source)
    from {0} as listed
    inner join ml.ml_candidate_products as popular
        on popular.purpose = 'score' and listed.rank = popular.popularity_rank
"""


@pytest.fixture
def failures(demo):
    """Count the rows of the guard with other relations in the place of some of the demo's."""
    nodes = json.loads((demo.dbt_folder / "target/manifest.json").read_text())["nodes"].values()
    relations = {node["name"]: node.get("relation_name") for node in nodes}
    (guard,) = (node["compiled_code"] for node in nodes if node["name"] == GUARD)

    def count(**planted: str) -> int:
        sql = guard
        with duckdb.connect(demo.warehouse, read_only=True) as connection:
            for name, query in planted.items():
                assert relations[name] in sql
                sql = sql.replace(relations[name], f"planted_{name}")
                connection.execute(
                    f"create temp view planted_{name} as {query.format(relations[name])}"
                )
            return len(connection.execute(sql).fetchall())

    return count


def test_the_lists_of_the_demo_pass(failures):
    assert failures() == 0


def test_the_popular_list_for_everyone_fails_the_build(failures):
    assert failures(fct_recommendations=COLLAPSED) == 1


def test_a_few_rows_of_their_own_do_not_hide_a_collapse(failures):
    # One row in fifty stands outside the popular ten.
    some = (
        COLLAPSED + "+ case when hash(listed.customer_id, listed.rank) % 50 = 0 then 10 else 0 end"
    )
    assert failures(fct_recommendations=some) == 1


def test_lists_that_differ_in_every_tenth_row_pass(failures):
    some = (
        COLLAPSED + "+ case when hash(listed.customer_id, listed.rank) % 10 = 0 then 10 else 0 end"
    )
    assert failures(fct_recommendations=some) == 0


@pytest.mark.parametrize("source", ["popular", "trending", "preference"])
def test_the_fallback_of_customers_without_a_model_is_no_collapse(failures, source):
    assert failures(fct_recommendations=COLLAPSED.replace("'hybrid'", f"'{source}'")) == 0


def test_customers_who_all_bought_the_same_may_see_the_same(failures):
    alike = """
        select customers.customer_id, product_id
        from (select distinct customer_id from {0}) as customers
        cross join (select distinct product_id from {0}) as products
    """
    assert failures(fct_recommendations=COLLAPSED, fct_order_lines=alike) == 0


@pytest.mark.parametrize(("products", "expected"), [(19, 0), (20, 1)])
def test_a_shop_of_few_products_is_not_judged(failures, products, expected):
    few = f"select * from {{0}} where popularity_rank <= {products}"
    assert failures(fct_recommendations=COLLAPSED, ml_candidate_products=few) == expected


@pytest.mark.parametrize(("customers", "expected"), [(99, 0), (100, 1)])
def test_a_shop_of_few_customers_is_not_judged(failures, customers, expected):
    few = f"""
        select * from {{0}} where customer_id in (
            select distinct customer_id from {{0}}
            where customer_id in (select customer_id from marts.fct_recommendations)
            order by 1 limit {customers}
        )
    """
    assert failures(fct_recommendations=COLLAPSED, fct_order_lines=few) == expected
