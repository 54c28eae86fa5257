"""The wheel: everything that a build and a server need travels in it, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an unpacked wheel, as `pip install` would leave it in site-packages."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site-packages")
    return folder / "site-packages"


def test_templates_and_assets_travel_in_the_wheel(unpacked: Path) -> None:
    source = ROOT / "site_templates"
    expected = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}

    packed = unpacked / "builder" / "site_templates"

    assert {path.relative_to(packed) for path in packed.rglob("*") if path.is_file()} == expected


def test_tests_and_their_pages_stay_out_of_the_wheel(unpacked: Path) -> None:
    assert sorted(path.name for path in unpacked.iterdir() if path.suffix != ".dist-info") == ["builder"]


def test_what_the_wheel_holds_builds_a_site_from_any_folder(
    unpacked: Path, golden_docs: Path, tmp_path: Path
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1"}
    command = [sys.executable, "-m", "builder", "build", "-q", str(golden_docs)]

    ended = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "output" / "site" / "python" / "3.11" / "library" / "json.html").is_file()
    assert (tmp_path / "output" / "docs.db").is_file()
