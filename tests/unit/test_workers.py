"""Work in the background: results in order, what it raises, what becomes of it when it is killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_docs import wait_until

from builder.errors import LivedocsError, SourceError
from builder.pipeline.workers import in_background

if TYPE_CHECKING:
    from collections.abc import Iterator


def counting(last: int, mark: Path) -> Iterator[bytes]:
    """Yield results that are larger than what a pipe takes; leave a mark after the last."""
    for number in range(last):
        yield bytes([number]) * 200_000
    mark.touch()


def failing() -> Iterator[str]:
    yield "first"
    raise SourceError("it went wrong", where="here", todo="Do better.")


def killing_itself() -> Iterator[str]:
    yield "first"
    time.sleep(0.2)  # until that was sent
    os.kill(os.getpid(), signal.SIGKILL)


def marking(file: str) -> Iterator[str]:
    yield "first"
    time.sleep(30)
    Path(file).write_text("still there")
    yield "second"


def test_results_come_in_order_and_the_work_goes_on_while_nobody_waits(tmp_path: Path) -> None:
    with in_background(counting, 3, tmp_path / "mark") as following:
        wait_until((tmp_path / "mark").exists)
        found = [following() for _ in range(3)]

    assert found == [bytes([number]) * 200_000 for number in range(3)]


def test_what_the_work_raises_is_raised_here_after_what_came_before() -> None:
    with in_background(failing) as following:
        assert following() == "first"
        with pytest.raises(SourceError, match="it went wrong"):
            following()


def test_a_killed_process_is_told_in_words() -> None:
    with in_background(killing_itself) as following:
        assert following() == "first"
        with pytest.raises(LivedocsError, match="a worker process was killed"):
            following()


def test_leaving_ends_the_work(tmp_path: Path) -> None:
    began = time.monotonic()

    with in_background(marking, str(tmp_path / "mark")) as following:
        assert following() == "first"

    assert time.monotonic() - began < 20
    assert not (tmp_path / "mark").exists()
