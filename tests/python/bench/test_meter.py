import time
from threading import Thread
from types import SimpleNamespace

import pytest

from personalization.bench import meter
from personalization.bench.figures import BETWEEN, START
from personalization.bench.meter import Meter

needs_a_reset = pytest.mark.skipif(
    not meter._CLEAR.exists(), reason="this system can't reset the peak of a process"
)


def event(name: str, node: str | None = None) -> SimpleNamespace:
    data = SimpleNamespace(node_info=SimpleNamespace(unique_id=node))
    return SimpleNamespace(info=SimpleNamespace(name=name), data=data)


def work(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_each_node_gets_what_ran_between_its_start_and_its_end():
    measuring = Meter(START)
    measuring.hear(event("ConcurrencyLine"))
    work(0.05)
    measuring.hear(event("NodeStart", "model.shop.a"))
    work(0.2)
    measuring.hear(event("NodeFinished", "model.shop.a"))
    work(0.05)
    measuring.hear(event("NodeStart", "test.shop.b"))
    measuring.hear(event("NodeFinished", "test.shop.b"))
    parts = measuring.end()
    assert list(parts) == [START, BETWEEN, "model.shop.a", "test.shop.b"]
    assert parts["model.shop.a"].cpu == pytest.approx(0.2, abs=0.04)
    assert parts[BETWEEN].cpu == pytest.approx(0.1, abs=0.04)
    assert parts["test.shop.b"].cpu < 0.04


def test_what_other_threads_of_the_process_do_counts_too():
    measuring = Meter("main")
    measuring.begin("threads")
    thread = Thread(target=work, args=[0.2])
    thread.start()
    thread.join()
    assert measuring.end()["threads"].cpu == pytest.approx(0.2, abs=0.04)


def test_parts_add_up_to_what_the_process_took():
    measuring = Meter("first")
    measuring.begin("second")
    work(0.05)
    parts = measuring.end()
    assert sum(usage.cpu for usage in parts.values()) == pytest.approx(
        time.process_time(), abs=0.02
    )


@needs_a_reset
def test_the_peak_of_a_part_is_not_that_of_the_part_before_it():
    measuring = Meter("large")
    block = b"x" * 200_000_000
    held = len(block)
    measuring.begin("holding")
    del block
    measuring.begin("small")
    parts = measuring.end()
    assert parts["holding"].peak == pytest.approx(parts["large"].peak, rel=0.05)
    assert parts["small"].peak < parts["large"].peak - 0.9 * held


def test_where_a_peak_can_not_be_reset_memory_is_unknown(monkeypatch, tmp_path):
    monkeypatch.setattr(meter, "_CLEAR", tmp_path / "clear_refs")
    measuring = Meter("part")
    assert measuring.end()["part"].peak is None
