"""Make scripts shorter without changing what they do.

tdewolff's minifier also shortens local names. It is a library of Go, whose threads a process that makes others by
`fork` had better not have, so it runs in a process of its own. Where it has no wheel (pyproject.toml says where it
has), rjsmin takes away blanks and comments.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from builder.errors import PublishError

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNPACKING = re.compile(r"^[ \t]*(?=(?:const|let)\s*[\[{])", re.MULTILINE)
_FENCE = "debugger;"
"""A statement that nothing is moved across, put in front of names that are unpacked: tdewolff's minifier (2.24) may
move them in front of the declarations before them, which they may need."""

_PROGRAM = """\
import json, sys, minify
shorter = {}
for path, text in json.load(sys.stdin).items():
    try:
        shorter[path] = minify.string("application/javascript", text)
    except minify.MinifyError as error:
        sys.exit(f"{path}\\n{error}")
json.dump(shorter, sys.stdout)
"""


def minified(scripts: Mapping[str, str]) -> dict[str, str]:
    """Return scripts as short as the platform's minifier makes them, by the same keys.

    Raises:
        PublishError: A script is none.
    """
    return shortened(scripts) if find_spec("minify") else squeezed(scripts)


def shortened(scripts: Mapping[str, str]) -> dict[str, str]:
    """Return scripts without what they don't need, local names of one letter.

    Raises:
        PublishError: A script is none.
    """
    # -P: what lies in the folder that the build was started in is not ours to run.
    command = [sys.executable, "-P", "-c", _PROGRAM]
    given = json.dumps({path: _UNPACKING.sub(_FENCE, text) for path, text in scripts.items()})
    ended = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if ended.returncode:
        where, _, reason = ended.stderr.partition("\n")
        raise PublishError(f"can't be minified: {reason.strip()}", where=where, todo="Mend the script.")
    return {path: text.replace(_FENCE, "") for path, text in json.loads(ended.stdout).items()}


def squeezed(scripts: Mapping[str, str]) -> dict[str, str]:
    """Return scripts without blanks and comments."""
    from rjsmin import jsmin  # noqa: PLC0415 - a build that has nothing to do needs no scripts

    return {path: jsmin(text) for path, text in scripts.items()}
