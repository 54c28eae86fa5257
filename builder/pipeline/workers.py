"""How a build uses the machine's processors."""

from __future__ import annotations

import multiprocessing
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from builder.errors import LivedocsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext

_MOST = 8


def worker_context() -> BaseContext:
    """Return how worker processes are made: by fork on Linux, where they start at once with everything imported."""
    return multiprocessing.get_context("fork" if sys.platform.startswith("linux") else "spawn")


def worker_count() -> int:
    """Return how many processes may work at once."""
    mine = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    return max(1, min(len(mine), _MOST))


def keep_to_one_thread() -> None:
    """Let numpy work in one thread: processes share the processors already, and sums are the same on any number."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # read when it is imported, in this process and those it starts


@contextmanager
def needing_workers() -> Iterator[None]:
    """Say it in a user's words when the system ends a worker process.

    Raises:
        LivedocsError: It did.
    """
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415  # it brings the whole pool

    try:
        yield
    except BrokenProcessPool as error:
        raise _killed() from error


def _killed() -> LivedocsError:
    return LivedocsError(
        "a worker process was killed, as a system does that runs out of memory",
        todo="Free some memory and build again; the last good site is untouched.",
    )


@contextmanager
def in_background(work: Callable[..., Iterator[Any]], *args: object) -> Iterator[Callable[[], Any]]:
    """Do one long piece of work in a process of its own while this one goes on.

    Args:
        work: Yields its results; it goes on at once, whether anybody waits for them yet or not.
        args: What it is called with.

    Yields:
        A function that waits for the next result and returns it, or raises what the work raised, or a LivedocsError
        if the process was killed.
    """
    context: Any = worker_context()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(ours, theirs, work, args), daemon=True)
    process.start()
    theirs.close()
    try:
        yield lambda: _result(ours)
    finally:
        ours.close()
        process.terminate()
        process.join()


def _answer(
    reading: Connection, pipe: Connection, work: Callable[..., Iterator[Any]], args: tuple[object, ...]
) -> None:
    reading.close()  # else this process would hold both ends, and wait for ever for a parent that was killed
    with ThreadPoolExecutor(1) as sender:  # a pipe takes 64 kB before somebody reads
        try:
            for result in work(*args):
                sender.submit(_send, pipe, (result, None))
        except Exception as error:  # noqa: BLE001  # it is raised again on the other side
            sender.submit(_send, pipe, (None, error))


def _send(pipe: Connection, answer: tuple[object, Exception | None]) -> None:
    with suppress(BrokenPipeError):  # nobody waits any more
        pipe.send(answer)


def _result(pipe: Connection) -> Any:  # noqa: ANN401  # whatever the work yields
    try:
        result, error = pipe.recv()
    except EOFError as error:
        raise _killed() from error
    if error is not None:
        raise error
    return result
