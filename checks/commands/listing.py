"""gradproof list: what there is."""

from __future__ import annotations

import click

from checks.report.listing import listing


@click.command(name="list")
def list_all() -> None:
    """List the families (arguments, configuration cells) and the laws (what each says, what it needs)."""
    for line in listing():
        click.echo(line)
