"""True and stated errors side by side, one line for each function: ``python -m checks.selftest.smooth.accuracy``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from checks.selftest.smooth.functions import ROWS, Row, Scalar
from checks.smooth import Estimate, derivative

#: What a function lets itself be asked: everything, real numbers of any format, its own format only.
OFFERS = ("anything", "real", "own format")
DTYPES = ("float64", "float32")
POINTS = 12


class Trial(NamedTuple):
    """One derivative: where, the estimate, and how far it really is from the truth."""

    row: Row
    offer: str
    dtype: str
    x: float
    estimate: Estimate
    off: float

    @property
    def honest(self) -> bool:
        """Whether the true error is within the stated one."""
        return self.off <= self.estimate.error


def offering(f: Scalar, offer: str, dtype: str) -> Callable[[Any], Any]:
    """The same function, which refuses complex numbers, or computes in its own format whatever it is given."""

    def real(x: Any) -> Any:
        if np.iscomplexobj(x):
            raise TypeError("real numbers only")
        return f(x)

    def own(x: Any) -> Any:
        return np.dtype(dtype).type(real(np.dtype(dtype).type(x)))

    return {"anything": f, "real": real, "own format": own}[offer]


def trials(row: Row, offer: str, dtype: str, count: int = POINTS) -> Iterator[Trial]:
    """Derivatives of one function at its seeded points."""
    for x in row.points(count):
        found = derivative(offering(row.f, offer, dtype), float(x), dtype)
        with np.errstate(all="ignore"):
            off = float(abs(found.value - row.derivative(np.longdouble(x))))
        yield Trial(row, offer, dtype, float(x), found, off)


def _line(row: Row, offer: str, dtype: str) -> str:
    found = list(trials(row, offer, dtype))
    known = [trial for trial in found if trial.estimate.known]
    methods = ", ".join(sorted({trial.estimate.method for trial in known})) or "none"
    off, stated = (np.max(column, initial=0) for column in ([t.off for t in known], [t.estimate.error for t in known]))
    wrong = sum(not trial.honest for trial in known)
    return (
        f"{row.name:24}{offer:12}{dtype:9}{off:>10.1e}{stated:>10.1e}{len(found) - len(known):>5}{wrong:>6}  {methods}"
    )


def main() -> None:
    """Print the table."""
    print(f"{'function':24}{'offers':12}{'dtype':9}{'error':>10}{'stated':>10}{'NaN':>5}{'over':>6}  method")  # noqa: T201
    for row in ROWS:
        for dtype in DTYPES:
            for offer in OFFERS:
                print(_line(row, offer, dtype))  # noqa: T201 - printing is what this command is for


if __name__ == "__main__":
    main()
