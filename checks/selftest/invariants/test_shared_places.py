"""What every layer of a process shares is seen where a layer leaves it changed, and put back."""

from __future__ import annotations

import gc
import importlib
import locale
import os
import signal
import sys
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from checks.invariants import shared_places
from checks.invariants.place import Place
from checks.invariants.shared_places import restored, seen

torch = pytest.importorskip("torch")


def _interrupts() -> object:
    there = signal.getsignal(signal.SIGINT)  # ignored already in what a shell has started behind itself
    return signal.signal(signal.SIGINT, signal.SIG_DFL if there is signal.SIG_IGN else signal.SIG_IGN)


def _counts(_signal: int, _frame: object) -> None:
    """A handler of somebody's own."""


def _hooked(*_: object) -> None:
    """A hook of somebody's own."""


def _casts() -> object:
    with torch.autocast("cpu"), warnings.catch_warnings():
        warnings.simplefilter("error")
        return torch.ones(2, 2) @ torch.ones(2, 2)


def _other_locale() -> object:
    there = locale.setlocale(locale.LC_NUMERIC)
    return locale.setlocale(locale.LC_NUMERIC, "C.UTF-8" if there == "C" else "C")


LEAVES: dict[str, tuple[Callable[[], object], str]] = {
    "deaf": (_interrupts, "signal handlers changed: {'SIGINT': "),
    "handler": (lambda: signal.signal(signal.SIGUSR1, _counts), "signal handlers changed: {'SIGUSR1': "),
    "folder": (lambda: os.chdir("/"), "the working directory changed: "),
    "environment": (lambda: os.environ.update(NEW="1"), "os.environ changed: {'NEW': None} became {'NEW': '1'}"),
    "path": (lambda: sys.path.insert(0, "/nowhere"), "sys.path changed: /nowhere stands first"),
    "end of path": (lambda: sys.path.append("/nowhere"), "sys.path changed: /nowhere is new"),
    "modules": (lambda: sys.modules.pop("checks.errors"), "gradproof's own modules in sys.modules changed: complete "),
    "filters": (lambda: warnings.simplefilter("error", BytesWarning), "the warnings filters changed: ("),
    "hook": (lambda: setattr(sys, "excepthook", _hooked), "sys.excepthook changed: <built-in function excepthook> "),
    "autocast": (
        lambda: torch.set_autocast_enabled("cpu", True),
        "PyTorch's autocast changed: {'cpu': False} became {'cpu': True}",
    ),
    "locale": (_other_locale, "the locale changed: "),
    "mode": (lambda: os.umask(0o070), "the mode of files that are made changed: "),
    "garbage": (gc.disable, "the collection of garbage changed: True became False"),
    "threads": (lambda: torch.set_num_threads(torch.get_num_threads() + 1), "PyTorch's number of threads changed: "),
    "anomalies": (lambda: torch.autograd.set_detect_anomaly(True), "PyTorch's anomaly detection changed: False "),
    "device": (lambda: torch.set_default_device("meta"), "PyTorch's default device changed: cpu became meta"),
    "algorithms": (lambda: torch.use_deterministic_algorithms(True), "PyTorch's choice of deterministic algorithms "),
    "precision": (lambda: torch.set_float32_matmul_precision("medium"), "PyTorch's precision of products changed: "),
    "subnormals": (lambda: torch.set_flush_denormal(True), "the flushing of subnormal numbers changed: False became"),
    "cuDNN": (lambda: setattr(torch.backends.cudnn, "benchmark", True), "cuDNN's settings changed: {'benchmark': F"),
}


@pytest.mark.parametrize("name", LEAVES)
def test_what_is_left_changed_is_told_and_put_back(name: str) -> None:
    """Beside what PyTorch changes once, where it loads what it needs for it."""
    leave, told = LEAVES[name]
    before = seen()
    leave()
    assert any(said.startswith(f"the layer leaves {told}") for said in restored(before))
    assert restored(before) == []


def _careful() -> None:
    """Changes much for a while."""
    handler, there, mode = signal.signal(signal.SIGINT, signal.SIG_IGN), os.environ.get("PATH", ""), os.umask(0)
    os.environ["PATH"] = "/"
    signal.signal(signal.SIGINT, handler)
    os.environ["PATH"] = there
    os.umask(mode)


RIGHT: dict[str, Callable[[], Any]] = {
    "careful": _careful,
    "casts": _casts,
    "collects": gc.collect,
    "loads": lambda: importlib.import_module("checks.bench"),
    "the same locale": lambda: locale.setlocale(locale.LC_ALL, locale.setlocale(locale.LC_ALL)),
    "the same device": lambda: torch.set_default_device("cpu"),
    "computes": lambda: torch.nn.Conv2d(1, 1, 3)(torch.ones(1, 1, 3, 3)).sum().backward(),
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_put_back_or_set_to_what_it_was_is_no_change(name: str) -> None:
    """Calls go on."""
    before = seen()
    RIGHT[name]()
    assert restored(before) == []


def test_a_look_reads_each_place_once_and_puts_back_nothing_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is taken before and after each case."""
    read, put_back = Counter[str](), list[str]()

    def watched(place: Place) -> Place:
        def reading() -> Any:
            read[place.name] += 1
            return place.read()

        return replace(place, read=reading, restore=lambda _: put_back.append(place.name))

    places = list(map(watched, shared_places._places()))
    monkeypatch.setattr(shared_places, "_places", lambda: iter(places))
    assert restored(seen()) == []
    assert read == dict.fromkeys((place.name for place in places), 2)
    assert not put_back
