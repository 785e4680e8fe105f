"""Laws that need no second source."""

from __future__ import annotations

from checks.invariants.arithmetic import Arithmetic
from checks.invariants.conservation import Conservation
from checks.invariants.defaults import Defaults
from checks.invariants.independence import Channels, Samples
from checks.invariants.kinks import Kinks
from checks.invariants.layout import Layout
from checks.invariants.linearity import Linearity
from checks.invariants.purity import Purity
from checks.invariants.repetition import Repetition
from checks.invariants.result_format import ResultFormat
from checks.invariants.results import Results
from checks.invariants.saved_copies import SavedCopies
from checks.invariants.saved_state import SavedState
from checks.invariants.scaling import Scaling
from checks.invariants.settings import Settings
from checks.invariants.special_values import SpecialValues
from checks.invariants.subsets import Subsets
from checks.invariants.translation import Translation
from checks.witness import Witness

INVARIANTS: tuple[Witness, ...] = (
    Conservation(),
    Linearity(),
    Samples(),
    Channels(),
    Translation(),
    Kinks(),
    SpecialValues(),
    Purity(),
    Repetition(),
    SavedState(),
    Settings(),
    Defaults(),
    SavedCopies(),
    Subsets(),
    Results(),
    Layout(),
    Scaling(),  # after the law that lays out what it looks at, too
    ResultFormat(),
    Arithmetic(),
)
