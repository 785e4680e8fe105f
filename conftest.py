"""Load the pytest plugin and put the chosen Hypothesis profile in force."""

from importlib.util import find_spec

from checks import profiles

pytest_plugins = [name for name in ("checks.plugin", "checks.selftest.sweeps") if find_spec(name)]

profiles.load()
