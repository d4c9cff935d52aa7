from personalization.bench.figures import (
    AROUND,
    BETWEEN,
    ERASURES,
    PUBLISH,
    SIMULATE,
    START,
    Measured,
    Usage,
)
from personalization.bench.page import Grown, conclusion, page

STAGES = (SIMULATE, AROUND, ERASURES, START, BETWEEN, PUBLISH)
SIZES = [1000, 10_000]


def world(customers: int, peak: int | None = 2_000_000_000) -> Measured:
    """A made-up size: one model grows linearly, one by its square, two take next to nothing."""
    thousands = customers / 1000
    cpus = dict.fromkeys(STAGES, 1.0) | {
        "model.shop.linear": 3 * thousands,
        "model.shop.square": 0.02 * thousands**2,
        "model.shop.small": 0.01,
        "model.shop.tiny": 0.02 * thousands,
        "seed.shop.rates": 0.25,
        "test.shop.key_linear_id.1234": 0.5 * thousands,
    }
    parts = {part: Usage(cpu, peak) for part, cpu in cpus.items()}
    day = {part: Usage(cpu / 10, peak) for part, cpu in cpus.items() if part != SIMULATE}
    return Measured(customers, {"orders": customers * 2, "sends": customers * 5}, parts, day)


def lines(*measured: Measured) -> list[str]:
    return page(measured, "Machine: made up.").splitlines()


PAGE = lines(*map(world, SIZES))


def place(start: str) -> int:
    return next(i for i, line in enumerate(PAGE) if line.startswith(start))


def test_a_row_tells_cpu_and_memory_of_every_size_and_both_exponents():
    assert "| `linear` | 3.00 | 30.0 | 2.00 | 2.00 | 1.00 | 1.00 |" in PAGE
    assert "| `square` | 0.02 | 2.00 | 2.00 | 2.00 | 2.00 | 2.00 |" in PAGE


def test_a_header_has_as_many_cells_as_its_rows():
    cells = [line.count("|") for line in PAGE]
    rules = [i for i, line in enumerate(PAGE) if line.startswith("|---")]
    assert len(rules) == 5
    for rule in rules:
        assert cells[rule - 1] == cells[rule] == cells[rule + 1]


def test_what_takes_most_at_the_largest_size_comes_first():
    assert place("| `linear`") < place("| `square`") < place("| 2 others")


def test_models_too_fast_to_measure_are_summed_and_have_no_exponent():
    assert PAGE[place("| 2 others")] == (
        "| 2 others, each below 0.5 CPU s | 0.03 | 0.21 | 2.00 | 2.00 |  |  |"
    )
    assert not any("`small`" in line or "`tiny`" in line for line in PAGE)


def test_stages_add_up_to_the_whole_build_without_the_simulation():
    # 5 stages, the seed, and 3.05 + 0.5 or 32.21 + 5 of models and tests.
    assert PAGE[place("| **whole build**")].startswith("| **whole build** | 8.80 | 42.5 |")


def test_the_raw_rows_tell_what_was_built():
    assert "| `sends` | 5,000 | 50,000 |" in PAGE
    assert "| **all** | 7,000 | 70,000 |" in PAGE
    assert place("| `sends`") < place("| `orders`")


def test_the_command_above_gives_this_page_again():
    assert 'make bench CUSTOMERS="1000 10000"' in PAGE


def test_memory_that_could_not_be_measured_stays_empty():
    assert "| `linear` | 3.00 | 30.0 |  |  | 1.00 | 1.00 |" in lines(
        *(world(size, peak=None) for size in SIZES)
    )


def test_one_size_alone_has_no_exponents():
    alone = lines(world(1000))
    assert "| `linear` | 3.00 | 2.00 |  |  |" in alone
    assert alone[-1].startswith("Of growth nothing can be said")


def test_the_conclusion_names_what_grows_faster_than_linearly_and_nothing_else():
    assert "`square` (exponent 2.00, last step 2.00, 2.00 CPU s)" in PAGE[-1]
    # 2 of 30 + 2 + 5: both models and the test.
    assert "5%" in PAGE[-1]
    assert "linear`" not in PAGE[-1]


def test_growth_that_sets_in_late_is_named():
    late = Grown("late", [1000, 3000, 9000], [Usage(cpu, None) for cpu in (1, 1, 9)])
    assert "late (exponent 1.00, last step 2.00, 9.00 CPU s)" in conclusion([late])


def test_if_nothing_grows_faster_the_nearest_is_told():
    slow = Grown("slow", [1000, 10_000], [Usage(1, None), Usage(12, None)])
    slower = Grown("slower", [1000, 10_000], [Usage(10, None), Usage(20, None)])
    assert "nearest is slow with 1.08" in conclusion([slower, slow])


def test_a_day_more_stands_beside_the_build_of_all_what_it_saves_most_first():
    start = place("## A day more")
    assert PAGE[start + 6] == "| `linear` | 3.00 | 0.30 | 30.0 | 3.00 |"
    assert PAGE[start + 7] == "| `square` | 0.02 | 0.00 | 2.00 | 0.20 |"
    assert "| **all models** | 3.05 | 0.30 | 32.2 | 3.22 |" in PAGE


def test_without_a_day_there_is_no_section_of_it():
    measured = Measured(10, {}, world(10).parts)
    assert not any("A day more" in line for line in lines(measured))
