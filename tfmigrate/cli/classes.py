"""Commands whose help has sections, and groups that know what was meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from tfmigrate.errors import nearest

F = TypeVar("F", bound=Callable[..., Any])


class Option(click.Option):
    """An option that knows the section of the help it stands in."""

    def __init__(self, *args: Any, section: str = "Options", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section


def option(section: str, *names: str, **settings: Any) -> Callable[[F], F]:
    """An option of a section of the help."""
    return click.option(*names, cls=Option, section=section, **settings)


class Group(click.Group):
    """A group that names the nearest command where one is misspelt."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` start with."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = nearest(args[0], self.list_commands(ctx))
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise click.UsageError(f"there is no command {args[0]!r}{hint}", ctx)
        return super().resolve_command(ctx, args)


class Command(click.Command):
    """A command whose help groups the options, the risky ones last."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section per group, in the order in which they first occur; risks last."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None and isinstance(parameter, click.Option):
                section = getattr(parameter, "section", "Screen")
                sections.setdefault(section, []).append(record)
        for name in sorted(sections, key=lambda name: name == "Risky"):
            with formatter.section(name):
                formatter.write_dl(sections[name])
