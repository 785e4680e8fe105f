"""Several tasks side by side: threads that do nothing but wait for processes of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Protocol, TypeVar


class Helper(Protocol):
    """What a lane works with."""

    def stop(self) -> None:
        """Make whatever is being asked end soon; called from another thread."""

    def close(self) -> None:
        """Give everything back; called from the lane's own thread."""


Task = TypeVar("Task")
Message = TypeVar("Message")
Aid = TypeVar("Aid", bound=Helper)


def side_by_side(
    work: Callable[[Aid, Task], Iterator[Message]], tasks: Sequence[Task], helpers: Sequence[Aid]
) -> Iterator[tuple[int, Message]]:
    """Every message of ``work(helper, task)`` with the index of its task, as they come; a thread for each helper.

    Leaving the iterator stops the helpers. What a thread raises is raised here.
    """
    left, heard = deque(enumerate(tasks)), SimpleQueue[tuple[int, Message] | BaseException | None]()
    threads = [Thread(target=_lane, args=(work, helper, left, heard), daemon=True) for helper in helpers]
    for thread in threads:
        thread.start()
    try:
        running = len(threads)
        while running:
            message = heard.get()
            if isinstance(message, BaseException):
                raise message
            if message is None:
                running -= 1
            else:
                yield message
    finally:
        left.clear()
        for helper in helpers:
            helper.stop()
        for thread in threads:
            thread.join()


def _lane(
    work: Callable[[Aid, Task], Iterator[Message]],
    helper: Aid,
    left: deque[tuple[int, Task]],
    heard: SimpleQueue[tuple[int, Message] | BaseException | None],
) -> None:
    try:
        while left:
            try:
                index, task = left.popleft()
            except IndexError:  # another lane was faster
                break
            for message in work(helper, task):
                heard.put((index, message))
    except BaseException as error:  # noqa: BLE001 - it is raised where somebody hears it
        heard.put(error)
    finally:
        helper.close()
        heard.put(None)
