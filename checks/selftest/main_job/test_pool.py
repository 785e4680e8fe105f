"""The process pool: every answer arrives, a task that dies takes only itself along, threads are what was asked for."""

from __future__ import annotations

import os

import pytest

from checks import pool
from checks.spawning import THREADS


def tenfold(task: int) -> int:
    """Tasks 2, 3 and 4 never answer: the first leaves as if it were done, the second with a code, the third raises."""
    if task in {2, 3}:
        os._exit({2: 0, 3: 7}[task])
    if task == 4:
        raise SystemExit(5)
    return 10 * task


def threads(task: int) -> dict[str, str | None]:
    """What the process has been told about threads."""
    return {name: os.environ.get(name) for name in THREADS}


@pytest.mark.parametrize("processes", [1, 3])
def test_every_task_answers_but_the_ones_that_die(processes: int) -> None:
    """Answers carry the index of their task."""
    heard = dict(pool.run(tenfold, [1, 2, 3, 4, 5], processes))
    assert {index: answer for index, answer in heard.items() if not isinstance(answer, pool.Died)} == {0: 10, 4: 50}
    whys = [answer.why for _, answer in sorted(heard.items()) if isinstance(answer, pool.Died)]
    assert whys[:2] == [f"the process ended by itself with exit code {code}" for code in (0, 7)]
    assert whys[2].startswith("SystemExit: 5 (")
    assert "test_pool.py" in whys[2]


def test_processes_are_told_how_many_threads_to_use() -> None:
    """The caller's own environment stays as it was."""
    before = dict(os.environ)
    ((_, told),) = pool.run(threads, [0], 1, threads=3)
    assert told == dict.fromkeys(THREADS, "3")
    assert dict(os.environ) == before
