"""What every step of one build is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from builder.models import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a build.

    Attributes:
        version: Hash of our own code, templates and assets: what another version made is made anew.
        kept: The folder for what is kept between builds.
        progress: Told of every step.
    """

    version: str
    kept: Path
    progress: Progress
