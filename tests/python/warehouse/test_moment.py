from datetime import datetime

import pytest

from personalization.warehouse.build import BuildError, moment


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-03-01", datetime(2026, 3, 1)),
        ("2026-03-01 12:30", datetime(2026, 3, 1, 12, 30)),
        ("2026-03-01T12:30:00Z", datetime(2026, 3, 1, 12, 30)),
        ("2026-03-01T12:30:00+02:00", datetime(2026, 3, 1, 10, 30)),
        (None, None),
    ],
)
def test_a_date_is_its_midnight_and_an_offset_is_honoured(text, read):
    assert moment(text) == read


def test_what_is_no_moment_is_named():
    with pytest.raises(BuildError, match="AS_OF=soon is no moment"):
        moment("soon")
