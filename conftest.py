"""Load the pytest plugin and put the chosen Hypothesis profile in force."""

from importlib.util import find_spec

from checks import profiles

pytest_plugins = ["checks.plugin"] if find_spec("checks.plugin") else []

profiles.load()
