"""Take Python's docs from the distribution's package, by apt, neither as root nor installing anything."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import FetchError, NotFoundError
from builder.source.cache import make_tree

if TYPE_CHECKING:
    from pathlib import Path

    from builder.models import Progress

METAPACKAGE = "python3-doc"
LISTS = "/var/lib/apt/lists"

_NAME = re.compile(r"python(3\.\d+)-doc")
_SECONDS = 300
_OPTIONS = ("-q", "-o", "Acquire::http::Timeout=10", "-o", "Acquire::https::Timeout=10")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package that apt can download.

    Attributes:
        name: `python3.11-doc`.
        version: `3.11.2-6+deb12u9`.
        size: Bytes to download, 0 where unsaid.
    """

    name: str
    version: str
    size: int


def is_available() -> bool:
    """Tell whether this machine has what is needed."""
    return all(shutil.which(program) for program in ("apt-get", "apt-cache", "dpkg-deb"))


def find_package(python: str | None, *, progress: Progress) -> Package:
    """Return the package that holds the docs of a Python version.

    Args:
        python: `3.11` or `3.11.2`; None for the version that the distribution's `python3-doc` names.
        progress: Told when the package lists are brought up to date, which happens only if they know no
            such package.

    Raises:
        NotFoundError: There is none for that version.
    """
    names = _known()
    if not names and os.access(LISTS, os.W_OK):
        progress("Updating apt's package lists", 0, 0)
        _run("apt-get", *_OPTIONS, "update")
        names = _known()
    name = _named_by_metapackage(names) if python is None else f"python{_minor(python)}-doc"
    if name not in names:
        raise _missing(python, names)
    package = describe(name)
    if python is not None and not re.match(rf"{re.escape(python)}(?!\d)", package.version):
        raise _missing(python, [f"{package.name} {package.version}"])
    return package


def fetch_package(package: Package, *, cache: Path, progress: Progress) -> Path:
    """Return the folder that the package's files are unpacked in. The caller holds the cache's lock.

    apt checks the package against the distribution's signed lists; `dpkg-deb` checks its form.

    Raises:
        FetchError: It can't be downloaded or unpacked.
        SourceError: The cache can't be written to.
    """
    key = re.sub(r"[^A-Za-z0-9.+-]", "_", f"{package.name}-{package.version}")

    def fill(folder: Path) -> None:
        _download(package, folder, progress)
        progress(f"Unpacking {package.name}", 0, 0)
        for archive in folder.glob("*.deb"):
            _run("dpkg-deb", "-x", archive.name, ".", folder=folder)
            archive.unlink()

    return make_tree(cache, key, fill)


def _known() -> list[str]:
    """Return the names of the packages with Python's docs, newest first."""
    names = [name for name in _run("apt-cache", "pkgnames", "python3.").split() if _NAME.fullmatch(name)]
    return sorted(names, key=_order, reverse=True)


def _order(name: str) -> int:
    """Return a package's place among those of all Python 3 versions."""
    return int(name.removeprefix("python3.").removesuffix("-doc"))


def _named_by_metapackage(names: list[str]) -> str:
    """Return the package that `python3-doc` depends on, or the newest where apt knows no `python3-doc`."""
    try:
        depends = _run("apt-cache", "depends", METAPACKAGE)
    except FetchError:
        depends = ""
    found = _NAME.search(depends)
    return found[0] if found else next(iter(names), METAPACKAGE)


def describe(name: str) -> Package:
    """Return a package as apt's lists describe it."""
    text = _run("apt-cache", "show", "--no-all-versions", name)
    fields = dict(re.findall(r"^(Version|Size): (\S+)$", text, re.MULTILINE))
    return Package(name=name, version=fields.get("Version", ""), size=int(fields.get("Size", "0")))


def _minor(version: str) -> str:
    """Return the first two numbers of a version."""
    return ".".join(version.split(".")[:2])


def _missing(python: str | None, names: list[str]) -> NotFoundError:
    """Return the error for a version that the distribution does not have."""
    wanted = f"Python {python}" if python else METAPACKAGE
    has = f"apt has {', '.join(names)}" if names else "apt's lists name no package with Python's docs"
    return NotFoundError(
        f"no package has the docs of {wanted}; {has}",
        where="apt",
        todo="Choose a version that is there, or run `apt-get update` and try again.",
    )


def _download(package: Package, folder: Path, progress: Progress) -> None:
    """Download a package into a folder, telling how much of it has come."""
    command = ["apt-get", *_OPTIONS, "download", f"{package.name}={package.version}"]
    if os.geteuid() == 0:  # apt would hand the download to its own user, who may not write into the cache
        command[1:1] = ["-o", "APT::Sandbox::User=root"]
    with subprocess.Popen(  # noqa: S603 - a fixed program, and a name that apt itself gave
        command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        deadline = time.monotonic() + _SECONDS
        while running.poll() is None:
            if time.monotonic() > deadline:
                running.kill()
            come = sum(path.stat().st_size for path in folder.iterdir() if path.is_file())
            progress(f"Downloading {package.name}", come, package.size)
            time.sleep(0.05)
        complaint = running.stderr.read() if running.stderr else ""
    if running.returncode:
        raise _failed(command, complaint)


def _run(*command: str, folder: Path | None = None) -> str:
    """Run a program and return what it prints.

    Raises:
        FetchError: It fails.
    """
    try:
        done = subprocess.run(  # noqa: S603 - fixed programs; the arguments are names that apt gave
            command,
            cwd=folder,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError("no answer in time", where=" ".join(command), todo="Try again later.") from error
    if done.returncode:
        raise _failed(command, done.stderr)
    return done.stdout


def _failed(command: list[str] | tuple[str, ...], complaint: str) -> FetchError:
    """Return the error for a program that failed, with its first complaint."""
    lines = [
        line for line in complaint.splitlines() if line.startswith(("E:", "dpkg"))
    ] or complaint.splitlines()
    reason = lines[0].removeprefix("E:").strip() if lines else "it gives no reason"
    return FetchError(
        f"it failed: {reason}",
        where=f"{command[0]} {command[-1]}" if command[0] != "dpkg-deb" else command[0],
        todo="Give docs that are on this machine: `livedocs build FOLDER`.",
    )


def _environment() -> dict[str, str]:
    """Return the environment for programs whose English words are read."""
    return {**os.environ, "LC_ALL": "C", "LANGUAGE": "C", "DEBIAN_FRONTEND": "noninteractive"}
