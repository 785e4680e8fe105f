"""The process pool: every message arrives, a task that dies takes only itself along, threads are what was asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from checks import pool


def twice(task: int) -> Iterator[int]:
    """Two messages; task 3 ends its process after the first."""
    yield task
    if task == 3:
        os._exit(7)
    yield 10 * task


def threads(task: int) -> Iterator[dict[str, str | None]]:
    """What the process has been told about threads."""
    yield {name: os.environ.get(name) for name in pool.THREADS}


@pytest.mark.parametrize("processes", [1, 3])
def test_every_task_answers_but_the_one_that_dies(processes: int) -> None:
    """Messages carry the index of their task and come in the task's order."""
    heard: dict[int, list[object]] = {}
    for index, message in pool.run(twice, [1, 2, 3, 4, 5], processes):
        heard.setdefault(index, []).append(message)
    died = pool.Died("the process ended by itself with exit code 7")
    assert heard == {0: [1, 10], 1: [2, 20], 2: [3, died], 3: [4, 40], 4: [5, 50]}


def test_processes_are_told_how_many_threads_to_use() -> None:
    """The caller's own environment stays as it was."""
    before = dict(os.environ)
    ((_, told),) = pool.run(threads, [0], 1, threads=3)
    assert told == dict.fromkeys(pool.THREADS, "3")
    assert dict(os.environ) == before
