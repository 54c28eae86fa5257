"""Open what is to be built: the sources named on the command line, else in `livedocs.toml`, else Python's docs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import UsageError
from builder.search_index.asked import read_answers
from builder.source import fetch_python_docs, open_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.config import Settings, SourceSetting
    from builder.models import Progress, SourceTree
    from builder.search_index.asked import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A docset to build.

    Attributes:
        tree: Where it is.
        name: Its name for people, "" to take what its inventory says.
        language: Its language, "" to take what its pages say.
        answers: What people ask for and where it is, beside what we know.
    """

    tree: SourceTree
    name: str = ""
    language: str = ""
    answers: tuple[Answer, ...] = ()


def open_sources(
    specs: Sequence[str], version: str | None, settings: Settings, *, cache: Path, progress: Progress
) -> tuple[Wanted, ...]:
    """Return the docsets to build, in order; the first is the one that the site's home page searches.

    Args:
        specs: Folders, archives or addresses; none for what the settings or the default say.
        version: Of Python's docs, where no source is named at all; None for the newest stable.
        settings: Of the working folder.
        cache: The folder for downloads.
        progress: Told of every step.

    Raises:
        SourceError: A source is missing, damaged or not Sphinx output.
        UsageError: A file of answers is.
    """
    if specs:
        return tuple(Wanted(tree=open_source(spec, cache=cache, progress=progress)) for spec in specs)
    if settings.sources and version is None:
        return tuple(_configured(setting, cache, progress) for setting in settings.sources)
    return (Wanted(tree=fetch_python_docs(version, cache=cache, progress=progress)),)


def _configured(setting: SourceSetting, cache: Path, progress: Progress) -> Wanted:
    tree = open_source(setting.source, cache=cache, progress=progress)
    tree = replace(
        tree,
        slug=setting.slug or tree.slug,
        version=setting.version or tree.version,
        canonical=setting.canonical or tree.canonical,
    )
    answers = _answers(Path(setting.answers)) if setting.answers else ()
    return Wanted(tree=tree, name=setting.name, language=setting.language, answers=answers)


def _answers(file: Path) -> tuple[Answer, ...]:
    try:
        return tuple(read_answers(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            "these answers can't be read", where=file, todo="Give a file that is UTF-8 and readable for you."
        ) from error
    except ValueError as error:
        raise UsageError(
            str(error),
            where=file,
            todo="Write a place in the first column, and below it, indented, what is asked.",
        ) from error
