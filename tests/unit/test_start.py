"""The set-up and the one command for all checks; a whole set-up on a clean clone is what `.ci/run` does."""

from __future__ import annotations

import sys

import pytest
import run

from builder import start


def test_an_old_python_is_refused_with_what_to_do() -> None:
    with pytest.raises(
        start.SetupError, match=r"Python 3\.10\.4 is too old, livedocs needs 3\.11\. (Run|Install)"
    ):
        start.require_python((3, 10, 4))


def test_this_python_is_new_enough() -> None:
    start.require_python()


def test_a_failed_step_shows_its_last_words(capfd: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-c", "print('first'); print('no space left'); raise SystemExit(3)"]

    with pytest.raises(start.SetupError, match="this command failed"):
        start.run_quietly(command)

    assert "no space left" in capfd.readouterr().err


def test_a_step_that_succeeds_keeps_its_words_to_itself(capfd: pytest.CaptureFixture[str]) -> None:
    start.run_quietly([sys.executable, "-c", "print('Collecting everything')"])

    assert "Collecting" not in capfd.readouterr().err


def test_without_apt_the_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    with pytest.raises(start.SetupError, match="chromium is missing, needed to see pages"):
        start.apt_install("chromium", purpose="see pages")


def test_a_user_error_ends_in_one_line_without_a_traceback() -> None:
    with pytest.raises(SystemExit, match=r"^error: no disk$"), start.plain_exit():
        raise start.SetupError("no disk")


@pytest.mark.parametrize(("code", "passed"), [(0, True), (3, False)])
def test_a_check_passes_by_its_exit_code(code: int, *, passed: bool) -> None:
    outcome = run.run(run.Check("lint", "exit", [sys.executable, "-c", f"raise SystemExit({code})"]))

    assert outcome.passed is passed


def test_a_failed_check_is_named_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    run.summarise([run.Outcome("ruff", passed=True, seconds=1), run.Outcome("mypy", passed=False, seconds=2)])

    lines = capsys.readouterr().out.splitlines()

    assert lines[-1] == "1 of 2 checks failed: mypy"
    assert any(line.startswith("FAILED  mypy") for line in lines)
