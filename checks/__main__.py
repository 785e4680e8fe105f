"""The way into the command line: ``gradproof``, and ``python -m checks``, which is the same."""

from __future__ import annotations

import os
import signal

#: Said where Ctrl-C comes so early; with the exit code of ``checks.commands.terminal``.
SAID, INTERRUPTED = b"interrupted before anything was found\n", 130


def main() -> None:
    """Load the commands, which takes a second, and run one; Ctrl-C ends it meanwhile, too, without a traceback."""
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        signal.signal(signal.SIGINT, _end)
    from checks import cli  # noqa: PLC0415 - heavy

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()


def _end(_signal: int, _frame: object) -> None:
    """At once: there is nothing to keep, and what is half loaded takes an error for its own."""
    os.write(2, SAID)
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
