"""README's steps for a new variant, followed to the letter in a copy of both packages: two files, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from checks.selftest.house import ROOT
from checks.selftest.house.files import text
from checks.selftest.main_job.shell import Said

FLAGS = re.MULTILINE | re.DOTALL
#: What README says above each block: the path of a file.
STEP = re.compile(
    r"`((?:reference_impl|checks/families)/\w+\.py)`[^`]*\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL
)

#: A case with every kind of argument, more windows than one, and more samples than one.
CASE = "depthwise(x=(2,2,4), weight=(4,1,2), bias=(4,), dy=(2,4,3); stride=1, padding=0, dilation=1; seed=1)"
#: Where the suite's laws are, and a sweep.
SUITE = ("checks/suite/test_laws.py", "checks/suite/test_conv_sweep.py")
TOLD = f"""
from checks import cases_like, examine, story
from checks.families import family
from checks.mistakes.plants import plants
from checks.soak_rows import rows

assert len(rows("reference depthwise")) == 3
assert cases_like("depthwise2d")
assert {{"dx without rotation", "fault: stale buffer"}} <= {{plant.name for plant in plants(family("depthwise"))}}
print(story(examine(family("depthwise").reference, "depthwise2d", cases=[{CASE!r}], laws=["textbook"])))
"""


def section() -> str:
    """README's section on a new variant."""
    (found,) = re.findall(
        r"^## A new layer variant, step by step\n(.*?)^## ", text("README.md"), re.MULTILINE | re.DOTALL
    )
    return str(found)


def run(tree: Path, *arguments: str) -> Said:
    """Python in the copy, with the copy's packages; a worker's settings are not handed on."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run([sys.executable, *arguments], cwd=tree, env=env, capture_output=True, text=True, check=False)
    return Said(done.returncode, done.stdout, done.stderr)


def files(root: Path) -> dict[str, bytes]:
    """Every source file of both packages."""
    paths = (path for package in ("reference_impl", "checks") for path in (root / package).rglob("*.py"))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of both packages with the files that README shows, at the paths that it names."""
    root = tmp_path_factory.mktemp("variant")
    for package in ("reference_impl", "checks"):
        copytree(ROOT / package, root / package, ignore=ignore_patterns("__pycache__", "depthwise.py"))
    for name in ("pyproject.toml", "conftest.py"):
        (root / name).write_text(text(name), encoding="utf-8")
    for path, content in STEP.findall(section()):
        (root / path).write_text(content, encoding="utf-8")
    return root


def test_two_files_in_less_than_forty_lines() -> None:
    """One of each package; their lines, and all lines of the section that are not empty."""
    steps = STEP.findall(section())
    assert [path for path, _ in steps] == ["reference_impl/depthwise.py", "checks/families/depthwise.py"]
    assert sum(len(content.splitlines()) for _, content in steps) < 40
    assert len([line for line in section().splitlines() if line.strip()]) < 40


@pytest.mark.long
def test_the_list_and_the_main_job_pick_it_up(tree: Path) -> None:
    """With the commands that README names; nothing but the two files was added or changed."""
    commands = re.findall(r"`python (-m checks [^`]*)`", section())
    listed, checked = (run(tree, *command.split()) for command in commands)
    assert "  depthwise(x, weight, bias)  A convolution in which each channel" in listed.out
    assert checked.code == 0, checked.out + checked.err
    assert "depthwise sweep" in checked.out
    assert "RIGHT: 1 layer" in checked.out
    assert re.search(r"depthwise: visited (\d+) of \1 configuration cells\n", checked.out)
    added = {path for path, _ in STEP.findall(section())}
    assert {path: content for path, content in files(tree).items() if path not in added} == {
        path: content for path, content in files(ROOT).items() if path not in added
    }


@pytest.mark.long
def test_the_suite_picks_it_up(tree: Path) -> None:
    """Its laws on drawn cases, and the sweeps of the family that it varies."""
    chosen = "depthwise and (sums or kinks or as_large_as)"
    told = run(tree, "-m", "pytest", "-v", "-p", "no:cacheprovider", *SUITE, "-k", chosen)
    assert told.code == 0, told.out + told.err
    for wanted in (r"\[sums-depthwise\]", r"silent.*\[kinks-depthwise\]", r"as_large_as.*\[.*depthwise.*\]"):
        assert re.search(rf"{wanted} PASSED", told.out), told.out


@pytest.mark.long
def test_a_mistake_in_it_is_found_and_named(tree: Path, tmp_path: Path) -> None:
    """The bias gets the mean of dy, where it must get the sum; soak, strategies and plants know the family too."""
    copytree(tree, tmp_path / "wrong", ignore=ignore_patterns("__pycache__"))
    layer = tmp_path / "wrong" / "reference_impl" / "depthwise.py"
    right = layer.read_text(encoding="utf-8")
    assert right.count("up.sum(2)") == 1
    layer.write_text(right.replace("up.sum(2)", "up.mean(2)"), encoding="utf-8")
    told = run(tmp_path / "wrong", "-c", TOLD)
    assert told.code == 0, told.err
    assert "WRONG  dbias of depthwise" in told.out
    assert "[dbias averaged]" in told.out
