"""What every step of one build is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from builder.models import Progress

KEYS = "pages.json"
"""The file, among what is kept, that says what each page of the site was made from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a build.

    Attributes:
        code: Hash of our own code: what other code read is read anew.
        version: Hash of our own code, templates and assets: what another version made is made anew.
        kept: The folder for what is kept between builds.
        progress: Told of every step.
    """

    code: str
    version: str
    kept: Path
    progress: Progress
