"""Load the pytest plugin and put the chosen Hypothesis profile in force."""

from checks import profiles

pytest_plugins = ["checks.plugin"]

profiles.load()
