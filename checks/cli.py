"""The command line: gradproof and its commands."""

from __future__ import annotations

import click

from checks.commands.bench import bench
from checks.commands.check import check
from checks.commands.fuzz import fuzz_all
from checks.commands.interruption import ended_as_by_ctrl_c, never_lost
from checks.commands.listing import list_all
from checks.commands.record import record_all
from checks.commands.replay import replay
from checks.commands.soak import soak_all
from checks.commands.terminal import INTERRUPTED, demand_no_encoding
from checks.errors import GradproofError

#: Shown below the options; \b keeps the lines as they are.
_OVERVIEW = """\b
gradproof check                      the main job: every layer against every witness, about a minute
gradproof check --family relu        one family, a few seconds
gradproof check --layer "resnet-50"  the layers with this in their title
gradproof replay 'CASE'              one case again, with every verdict; a wrong layer's report prints the line
gradproof record                     golden digests: a variant or a port is checked without the reference
gradproof list                       the families and the laws
gradproof fuzz nets:Conv2d --time 8h   random cases for hours, every counterexample kept
gradproof bench                      the reference layers' time beside PyTorch's
gradproof soak                       right layers on 100,000 random cases each: is there a false alarm?

\b
Exit codes: 0 everything is right, 1 something is wrong or could not be shown right, 2 misuse, 130 interrupted."""


class _Group(click.Group):
    """A command group whose misuse ends with exit code 2 and a message, and Ctrl-C with 130; never with a traceback.

    So do ``kill`` and a terminal that is closed: what runs in other processes is ended, and what was found is told.
    """

    def invoke(self, ctx: click.Context) -> object:
        demand_no_encoding()
        try:
            with ended_as_by_ctrl_c(), never_lost():
                return super().invoke(ctx)
        except GradproofError as error:
            raise click.UsageError(str(error)) from error
        except KeyboardInterrupt:
            click.echo("interrupted before anything was found", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=_Group, epilog=_OVERVIEW, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gradproof")
def main() -> None:
    """Says whether a layer's backward pass is right, how sure it is, and where it is wrong."""


for command in (check, replay, record_all, list_all, bench, fuzz_all, soak_all):
    main.add_command(command)
