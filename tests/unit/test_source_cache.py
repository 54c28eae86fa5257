"""The cache: killed runs, full disks and two runs at once never leave half a tree."""

from __future__ import annotations

import contextlib
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from archives import docs_archive, quiet

from builder.errors import SourceError
from builder.source.cache import locked
from builder.source.opening import open_source

ROOT = Path(__file__).resolve().parents[2]


def test_a_killed_unpacking_leaves_nothing_that_is_taken_for_whole(tmp_path: Path) -> None:
    archive, cache = docs_archive(tmp_path / "docs.zip"), tmp_path / "cache"
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from builder.source import open_source\n"
        "def stop(step, done, total):\n"
        "    if done == 300:\n"
        "        print('half', flush=True)\n"
        "        time.sleep(60)\n"
        "open_source(sys.argv[1], cache=Path(sys.argv[2]), progress=stop)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, archive, cache], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "half\n"
        running.kill()
    (leftover,) = (cache / "trees").iterdir()
    assert leftover.name.startswith(".unfinished-")

    tree = open_source(str(archive), cache=cache, progress=quiet)

    assert len(list(tree.root.iterdir())) == 502
    assert [folder.name.startswith(".") for folder in (cache / "trees").iterdir()] == [False]


def test_a_full_disk_is_one_clear_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    archive, cache = docs_archive(tmp_path / "docs.zip"), tmp_path / "cache"
    cache.mkdir()
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from builder.errors import SourceError\n"
        "from builder.source import open_source\n"
        "try:\n"
        "    open_source(sys.argv[1], cache=Path(sys.argv[2]), progress=lambda *_: None)\n"
        "except SourceError as error:\n"
        "    print(error, list((Path(sys.argv[2]) / 'trees').iterdir()))\n"
    )
    mounted = f'mount -t tmpfs -o size=1m tmpfs "{cache}" && exec "$0" "$@"'
    command = ["unshare", "-rm", "sh", "-c", mounted, sys.executable, "-c", script, str(archive), str(cache)]
    if subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a small disk")

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert "the disk is full. Free some space, or set LIVEDOCS_CACHE" in done.stdout, done.stderr
    assert done.stdout.endswith("[]\n")


def test_a_file_larger_than_allowed_leaves_nothing_behind(tmp_path: Path) -> None:
    archive, cache = docs_archive(tmp_path / "docs.zip"), tmp_path / "cache"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, hard))
    try:
        with pytest.raises(SourceError) as caught:
            open_source(str(archive), cache=cache, progress=quiet)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert caught.value.what == "the disk is full"
    assert list((cache / "trees").iterdir()) == []


def test_two_runs_at_once_take_turns(tmp_path: Path) -> None:
    archive, cache = docs_archive(tmp_path / "docs.zip"), tmp_path / "cache"
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from builder.source import open_source\n"
        "tell = lambda step, done, total: print(step, flush=True)\n"
        "print(open_source(sys.argv[1], cache=Path(sys.argv[2]), progress=tell).root.name, flush=True)\n"
    )
    with contextlib.ExitStack() as lock:
        lock.enter_context(locked(cache, quiet))
        command = [sys.executable, "-c", script, archive, cache]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            first = running.stdout.readline()
            assert not (cache / "trees").exists()
            lock.close()
            rest = running.stdout.read()

    assert first == "Waiting for another livedocs that uses the cache\n"
    assert rest.endswith("\ndocs\n")
