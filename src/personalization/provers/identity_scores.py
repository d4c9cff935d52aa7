"""How well identifiers were put together, and whether the ids stayed: pure functions on tables."""

from dataclasses import dataclass

import duckdb
import pyarrow as pa


@dataclass(frozen=True)
class PairScores:
    """Of pairs of identifiers: how many are one person's, how many one customer's, how many both.

    precision and recall are 1 where nothing was claimed, or nothing was to be found.
    """

    true: int
    claimed: int
    right: int

    @property
    def precision(self) -> float:
        """Share of the pairs of one customer that are one person's."""
        return self.right / self.claimed if self.claimed else 1.0

    @property
    def recall(self) -> float:
        """Share of the pairs of one person that are one customer's."""
        return self.right / self.true if self.true else 1.0


@dataclass(frozen=True)
class CaseScore:
    """How many instances of a case are right in all their pairs of one kind."""

    case_name: str
    kind: str
    right: int
    instances: int


def pair_scores(owned: pa.Table) -> PairScores:
    """Score all pairs of identifiers.

    owned : one row per identifier that is one person's: person_id, and customer_id, null where the
        build gave it to nobody.
    """
    with duckdb.connect() as connection:
        connection.register("owned", owned)
        [counts] = connection.execute(
            """with pairs as (
                select person_id, customer_id, count(*) as n from owned group by all
            ),
            of_people as (select sum(n) as n from pairs group by person_id),
            of_customers as (
                select sum(n) as n from pairs where customer_id is not null group by customer_id
            )
            select
                (select coalesce(sum(n * (n - 1) // 2), 0) from of_people),
                (select coalesce(sum(n * (n - 1) // 2), 0) from of_customers),
                (select coalesce(sum(n * (n - 1) // 2), 0) from pairs where customer_id is not null)
            """
        ).fetchall()
    return PairScores(*map(int, counts))


def case_scores(cases: pa.Table, given: pa.Table) -> list[CaseScore]:
    """Score the identity cases, by case and kind of pair.

    cases : case_name, instance, kind (must_merge or must_not_merge), identifier_type,
        identifier_value, other_type, other_value.
    given : identifier_type, identifier_value, customer_id. A pair one of which was given to nobody
        is not merged.
    """
    with duckdb.connect() as connection:
        connection.register("cases", cases)
        connection.register("given", given)
        rows = connection.execute(
            """with judged as (
                select
                    case_name, instance, kind,
                    bool_and(
                        coalesce(one.customer_id = other.customer_id, false) = (kind = 'must_merge')
                    ) as is_right
                from cases
                left join given as one using (identifier_type, identifier_value)
                left join given as other
                    on cases.other_type = other.identifier_type
                    and cases.other_value = other.identifier_value
                group by all
            )
            select case_name, kind, count(*) filter (is_right), count(*)
            from judged group by all order by all"""
        ).fetchall()
    return [CaseScore(*row) for row in rows]


def kept_ids(before: pa.Table, after: pa.Table) -> tuple[int, int]:
    """Return how many customers have the same identifiers in two builds, and kept their id.

    before, after : identifier_type, identifier_value, customer_id.

    Returns (customers of the same identifiers, those of them with the same id).
    """
    with duckdb.connect() as connection:
        connection.register("before", before)
        connection.register("after", after)
        members = """select
                customer_id,
                list((identifier_type, identifier_value)
                    order by identifier_type, identifier_value) as members
            from {} group by all"""
        [counts] = connection.execute(
            f"""select count(*), count(*) filter (old.customer_id = new.customer_id)
            from ({members.format("before")}) as old
            inner join ({members.format("after")}) as new using (members)"""
        ).fetchall()
    return counts
