"""People who are hard to tell apart are told apart, and their ids stay."""

from personalization.provers import identity


def test_a_build_tells_the_cast_apart_and_keeps_its_ids(tmp_path):
    broken = [v for v in identity.prove(2000, 1, tmp_path / "identity") if not v.holds]
    assert broken == []
