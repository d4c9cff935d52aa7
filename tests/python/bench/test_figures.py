import pytest

from personalization.bench.figures import Usage, exponent, together

SIZES = [1000, 3000, 10_000]


@pytest.mark.parametrize("power", [0, 0.5, 1, 2])
def test_the_exponent_of_a_power_law_is_its_power_whatever_the_factor(power):
    assert exponent(SIZES, [0.007 * size**power for size in SIZES]) == pytest.approx(power)


def test_the_exponent_is_the_slope_of_least_squares():
    # In decades: x = -1, 0, 1 and y = 0, 0, 2; the slope is (0 + 0 + 2) / 2.
    assert exponent([10, 100, 1000], [1, 1, 100]) == pytest.approx(1)
    # x = -4/3, -1/3, 5/3 and y = 0, 1, 1; the slope is (-1/3 + 5/3) / (42/9).
    assert exponent([10, 100, 10_000], [1, 10, 10]) == pytest.approx(2 / 7)


def test_one_size_or_a_time_of_zero_has_no_exponent():
    assert exponent([10], [1]) is None
    assert exponent([10, 20], [0, 1]) is None


def test_together_cpu_adds_up_and_the_highest_peak_counts():
    assert together([Usage(1, 50), Usage(2, 70), Usage(4, 60)]) == Usage(7, 70)
    assert together([Usage(1, 50), Usage(2, None)]) == Usage(3, None)
    assert together([]) == Usage(0, None)
