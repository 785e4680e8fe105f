"""The door of gradproof: what a user imports.

Everything here is loaded when it is first asked for: ``import checks`` alone loads no framework and no test tool.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checks.adapters import Framework, adapt
    from checks.api import examine, power, verify
    from checks.case import Case, parse
    from checks.corpus.store import Corpus
    from checks.errors import (
        CaseError,
        CorpusError,
        GradientError,
        GradproofError,
        LimitError,
        SubjectError,
        UnreachableError,
        UsageError,
        ZeroComparisonsError,
    )
    from checks.examination import Examination
    from checks.isolation import Isolation
    from checks.planting import Power
    from checks.pytest_items import layer_tests
    from checks.report.story import story
    from checks.scope.cases import (
        avg_pool_cases,
        cases_like,
        conv_cases,
        geometries,
        max_pool_cases,
        pool_cases,
        relu_cases,
    )
    from checks.scope.cut_short import CutShortError
    from checks.subject import Subject
    from checks.tally import Finding

__all__ = [
    "Case",
    "CaseError",
    "Corpus",
    "CorpusError",
    "CutShortError",
    "Examination",
    "Finding",
    "Framework",
    "GradientError",
    "GradproofError",
    "Isolation",
    "LimitError",
    "Power",
    "Subject",
    "SubjectError",
    "UnreachableError",
    "UsageError",
    "ZeroComparisonsError",
    "adapt",
    "avg_pool_cases",
    "cases_like",
    "conv_cases",
    "examine",
    "geometries",
    "layer_tests",
    "max_pool_cases",
    "parse",
    "pool_cases",
    "power",
    "relu_cases",
    "story",
    "verify",
]

#: Where each name lives.
_ROOMS = {
    "adapt": "adapters",
    "avg_pool_cases": "scope.cases",
    "Case": "case",
    "CaseError": "errors",
    "cases_like": "scope.cases",
    "conv_cases": "scope.cases",
    "Corpus": "corpus.store",
    "CorpusError": "errors",
    "CutShortError": "scope.cut_short",
    "Examination": "examination",
    "examine": "api",
    "Finding": "tally",
    "Framework": "adapters",
    "geometries": "scope.cases",
    "GradientError": "errors",
    "GradproofError": "errors",
    "Isolation": "isolation",
    "layer_tests": "pytest_items",
    "LimitError": "errors",
    "max_pool_cases": "scope.cases",
    "parse": "case",
    "pool_cases": "scope.cases",
    "power": "api",
    "Power": "planting",
    "relu_cases": "scope.cases",
    "story": "report.story",
    "Subject": "subject",
    "SubjectError": "errors",
    "UnreachableError": "errors",
    "UsageError": "errors",
    "verify": "api",
    "ZeroComparisonsError": "errors",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; expected one of {', '.join(__all__)}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return __all__
