"""What a process of `livedocs serve` loads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOADED = """
import gc, json, sys
from pathlib import Path
from builder.api.server import make_app
before = [name for name in sys.modules if name.partition(".")[0] == "datasette"]
make_app(Path(sys.argv[1]))
print(json.dumps({"before": before, "loaded": sorted(sys.modules), "frozen": gc.get_freeze_count()}))
import numpy  # whoever needs it may still have it
"""


def test_a_server_does_without_what_datasette_takes_along(built_output: Path):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, str(built_output)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    said = json.loads(done.stdout)
    assert said["before"] == []
    assert "datasette.app" in said["loaded"]
    unneeded = {
        "numpy",
        "pygments",
        "rich.console",
        "bs4",
        "lxml",
        "sqlite_utils",
        "snowballstemmer",
        "sqlalchemy",
    }
    assert unneeded.isdisjoint(said["loaded"])
    assert said["frozen"] > 50_000
