"""``python -m checks`` is ``gradproof``."""

from __future__ import annotations

from checks.cli import main

if __name__ == "__main__":
    main()
