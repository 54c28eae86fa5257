"""The command line: options, one call, one message. Results go to stdout, progress and warnings to stderr."""

from __future__ import annotations

import gc
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder import __version__
from builder.errors import LivedocsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.config import Settings
    from builder.models import Progress
    from builder.pipeline import BuildReport

_STEPS = {
    "download": "Downloading",
    "unpack": "Unpacking",
    "read": "Reading the sources",
    "parse": "Parsing pages",
    "index": "Building the search index",
    "store": "Writing the database",
    "render": "Rendering pages",
    "check": "Checking links",
    "load": "Copying rows",
}
_SHOWN_WARNINGS = 10


class _Commands(click.Group):
    """Commands whose errors end as one line on stderr, with the exit code that fits."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # click's own signature
        """Run a command; a user's mistake is one line, a bug is a traceback."""
        try:
            return super().invoke(ctx)
        except LivedocsError as error:
            _fail(str(error))
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            _fail("stopped; what was there before is untouched.")
            ctx.exit(130)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="livedocs")
def main() -> None:
    """Turn Sphinx-built HTML documentation into a searchable static site, one SQLite file and a JSON API."""


def _common(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("-v", "--verbose", is_flag=True, help="Say more.")(command)
    return click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors and results.")(command)


_output = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Output folder.  [default: output]",
)
_version = click.option(
    "--version", "python", metavar="X.Y", help="Which Python's docs.  [default: newest stable]"
)
_sources = click.argument("sources", nargs=-1, metavar="[SOURCE]...")


@main.command()
@_version
@_common
def fetch(python: str | None, *, quiet: bool, verbose: bool) -> None:
    """Bring Python's docs here: from docs.python.org, else by the distribution's package."""
    from builder.config import cache_folder  # noqa: PLC0415  # imports as late as possible: start-up is felt
    from builder.source import fetch_python_docs  # noqa: PLC0415

    tree = fetch_python_docs(
        python, cache=cache_folder(os.environ), progress=_progress(quiet=quiet, verbose=verbose)
    )
    _say(f"Took {tree.origin}.", quiet=quiet)
    click.echo(tree.root)


@main.command()
@_sources
@_version
@_output
@click.option("--fresh", is_flag=True, help="Build everything anew.")
@_common
def build(
    sources: Sequence[str],
    python: str | None,
    output: Path | None,
    *,
    fresh: bool,
    quiet: bool,
    verbose: bool,
) -> None:
    """Build database and site from SOURCEs: folders, archives or https addresses.

    Without one it reads livedocs.toml, and without that it builds the newest stable Python docs.
    """
    from builder.pipeline import build as build_site  # noqa: PLC0415

    start = time.monotonic()
    gc.disable()  # a build makes millions of values and hardly a cycle; looking for them took 6 % of its time
    settings, wanted, tell = _prepare(sources, python, output, quiet=quiet, verbose=verbose)
    report = build_site(wanted, settings.output, settings, fresh=fresh, progress=tell)
    _report(report, settings, time.monotonic() - start, quiet=quiet, verbose=verbose)


@main.command()
@_sources
@_version
@_output
@_common
def ingest(
    sources: Sequence[str], python: str | None, output: Path | None, *, quiet: bool, verbose: bool
) -> None:
    """Read SOURCEs into the database alone, without making a site."""
    from builder.pipeline import ingest_sources  # noqa: PLC0415

    start = time.monotonic()
    settings, wanted, tell = _prepare(sources, python, output, quiet=quiet, verbose=verbose)
    report = ingest_sources(wanted, settings.output, progress=tell)
    _report(report, settings, time.monotonic() - start, quiet=quiet, verbose=verbose)


@main.command()
@_output
@_common
def generate(output: Path | None, *, quiet: bool, verbose: bool) -> None:
    """Make the site from the database that is there, without reading the sources again."""
    from builder.pipeline import generate_site  # noqa: PLC0415

    start = time.monotonic()
    settings = _settings(output)
    report = generate_site(settings.output, settings, progress=_progress(quiet=quiet, verbose=verbose))
    _report(report, settings, time.monotonic() - start, quiet=quiet, verbose=verbose)


@main.command()
@_output
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option("--allow-sql", is_flag=True, help="Let anyone run their own read-only SQL, under a time limit.")
@click.option("--in-memory", is_flag=True, help="Copy the database into memory and serve it from there.")
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that share the port.",
)
@_common
def serve(output: Path | None, *, quiet: bool, verbose: bool, **asked: Any) -> None:  # noqa: ANN401
    """Serve the site and the JSON API on one port, as a CDN would."""
    from builder.api.options import MountOptions, ServeOptions  # noqa: PLC0415
    from builder.api.server import serve as serve_output  # noqa: PLC0415

    del verbose
    settings = _settings(output)
    mount = MountOptions(
        allow_sql=asked["allow_sql"],
        in_memory=asked["in_memory"],
        database_url=settings.database_url,
        replicas=settings.replicas,
    )
    options = ServeOptions(host=asked["host"], port=asked["port"], workers=asked["workers"], mount=mount)
    serve_output(settings.output, options, say=lambda line: _say(line, quiet=quiet))


@main.command()
@click.argument("address", metavar="[postgresql://...]", required=False)
@_output
@_common
def load(address: str | None, output: Path | None, *, quiet: bool, verbose: bool) -> None:
    """Copy the built database into PostgreSQL, where the API may read it too.

    Without an address it takes that of LIVEDOCS_DATABASE_URL or livedocs.toml.
    """
    from builder.errors import UsageError  # noqa: PLC0415
    from builder.postgres import load_database, read_address  # noqa: PLC0415
    from builder.publish import DATABASE  # noqa: PLC0415

    settings = _settings(output)
    if not (address or settings.database_url):
        raise UsageError(
            "there is no address", where="load", todo="Try: livedocs load postgresql://user@host/name"
        )
    target = read_address(address or settings.database_url, os.environ)
    start = time.monotonic()
    loaded = load_database(settings.output / DATABASE, target, _progress(quiet=quiet, verbose=verbose))
    said = f"Loaded {', '.join(loaded)} into" if loaded else "Nothing changed in"
    _say(f"{said} {target} in {time.monotonic() - start:.1f} s.", quiet=quiet)


@main.command()
@click.argument("query", nargs=-1, required=True)
@_output
@click.option(
    "-n", "--limit", default=10, show_default=True, type=click.IntRange(1, 50), help="How many results."
)
@click.option("--docset", default="", help="Search this docset: python, or python/3.11.")
@click.option("--kind", default="", help="Only entries of this kind: function, class, section ...")
@click.option("--module", default="", help="Only entries of this module.")
@click.option("--json", "as_json", is_flag=True, help="Print what the JSON API answers.")
@click.option("--explain", is_flag=True, help="Show why each result stands where it does.")
@_common
def search(
    query: Sequence[str],
    output: Path | None,
    *,
    as_json: bool,
    explain: bool,
    quiet: bool,
    verbose: bool,
    **asked: Any,  # noqa: ANN401
) -> None:
    """Search the docs in the terminal: livedocs search json dump."""
    from builder.answers import SearchRequest  # noqa: PLC0415
    from builder.terminal import search_in_terminal  # noqa: PLC0415

    del quiet, verbose
    docset, _, version = asked["docset"].partition("/")
    request = SearchRequest(
        text=" ".join(query),
        docset=docset,
        version=version,
        kinds=(asked["kind"],) if asked["kind"] else (),
        module=asked["module"],
        size=asked["limit"],
    )
    lines = search_in_terminal(_settings(output).output, request, as_json=as_json, explain=explain)
    click.echo("\n".join(lines))


@main.command()
@click.argument("site", type=click.Path(path_type=Path), required=False)
@_output
@_common
def check(site: Path | None, output: Path | None, *, quiet: bool, verbose: bool) -> None:
    """Check that every internal link of a built SITE (the output folder's) meets a file and an id."""
    from builder.check import check_site  # noqa: PLC0415
    from builder.publish import SITE  # noqa: PLC0415

    folder = site or _settings(output).output / SITE
    report = check_site(folder, _progress(quiet=quiet, verbose=verbose))
    for line in report.lines(verbose=verbose):
        click.echo(_printable(line))
    if not report.ok:
        sys.exit(1)


def _settings(output: Path | None) -> Settings:
    from builder.config import load_settings, read_environment  # noqa: PLC0415

    os.environ.update(read_environment(Path.cwd(), os.environ))  # for the processes that this one starts, too
    settings = load_settings(Path.cwd(), os.environ)
    return replace(settings, output=output) if output else settings


def _prepare(
    sources: Sequence[str], python: str | None, output: Path | None, *, quiet: bool, verbose: bool
) -> tuple[Settings, Any, Progress]:
    from builder.config import cache_folder  # noqa: PLC0415
    from builder.errors import UsageError  # noqa: PLC0415
    from builder.pipeline import open_sources  # noqa: PLC0415

    if sources and python:
        raise UsageError(
            "--version chooses Python's docs, so it takes no SOURCE", todo="Leave one of them out."
        )
    settings = _settings(output)
    tell = _progress(quiet=quiet, verbose=verbose)
    return (
        settings,
        open_sources(sources, python, settings, cache=cache_folder(os.environ), progress=tell),
        tell,
    )


def _fail(line: str) -> None:
    """Say why a command ends, in place of the progress that a terminal shows on its last line."""
    front = "\r\x1b[K" if sys.stderr.isatty() else ""
    click.echo(f"{front}livedocs: {_printable(line)}", err=True)


def _say(line: str, *, quiet: bool) -> None:
    if not quiet:
        click.echo(_printable(line), err=True)


def _printable(line: str) -> str:
    """Return a line without what would command the terminal: docs name themselves, their pages and their links."""
    from builder.terminal import printable  # noqa: PLC0415

    return printable(line)


def _progress(*, quiet: bool, verbose: bool) -> Progress:
    """Return what shows progress: a line that is rewritten on a terminal, a line per step elsewhere."""
    if quiet:
        return lambda _step, _done, _total: None
    shown: dict[str, float] = {}
    terminal = sys.stderr.isatty()

    def tell(step: str, done: int, total: int) -> None:
        name = _STEPS.get(step, step)
        finished = bool(total) and done >= total
        now = time.monotonic()
        if not terminal:
            if name not in shown:
                shown[name] = now
                click.echo(f"{name} ...", err=True)
            return
        if finished or now - shown.get(name, 0.0) > 0.1:
            shown[name] = now
            count = f" {done:,} of {total:,}" if total > 1 else ""
            click.echo(f"\r\x1b[K{name}{count}{'' if not finished else '  done'}", err=True, nl=finished)

    del verbose
    return tell


def _report(report: BuildReport, settings: Settings, seconds: float, *, quiet: bool, verbose: bool) -> None:
    if not report.changed:
        _say(f"Nothing changed: {settings.output} is up to date ({seconds:.1f} s).", quiet=quiet)
        return
    for one in report.docsets:
        shown = one.warnings if verbose else one.warnings[:_SHOWN_WARNINGS]
        for warning in shown:
            click.echo(f"warning: {_printable(warning)}", err=True)
        if len(shown) < len(one.warnings):
            click.echo(f"warning: {len(one.warnings) - len(shown)} more; --verbose shows them", err=True)
        _say(
            f"{one.docset.name} {one.docset.version}: {one.pages:,} pages ({one.parsed:,} read anew),"
            f" {one.entries:,} entries, from {one.docset.origin}",
            quiet=quiet,
        )
        if one.broken:
            _say(
                f"{one.broken:,} links were broken in these docs as they came; `livedocs check` lists them.",
                quiet=quiet,
            )
    made = f"{report.pages:,} pages, {report.rendered:,} rendered anew" if report.pages else "the database"
    _say(f"Wrote {made}, to {settings.output} in {seconds:.1f} s.", quiet=quiet)
