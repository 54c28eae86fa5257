"""`livedocs.toml`, the environment's overrides, and the cache folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from builder.config import Settings, SourceSetting, cache_folder, load_settings, read_environment
from builder.errors import SourceError, UsageError


def write(folder: Path, text: str) -> None:
    """Write a folder's livedocs.toml."""
    (folder / "livedocs.toml").write_text(text, encoding="utf-8")


def test_without_a_file_the_settings_are_the_usual_ones(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}) == Settings(output=tmp_path / "output")


def test_every_setting_is_read(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        title = "Our docs"
        output = "public"
        base_url = "https://docs.example.org/"
        api_url = "https://api.example.org/db/"

        [[sources]]
        source = "build/html"
        slug = "ours"
        version = "2.0+local"
        name = "Ours"
        language = "pt-BR"
        canonical = "https://ours.example.org/en/2.0"
        answers = "asked.txt"

        [[sources]]
        source = "https://example.org/docs.zip"
        """,
    )

    settings = load_settings(tmp_path, {})

    assert settings == Settings(
        title="Our docs",
        output=tmp_path / "public",
        base_url="https://docs.example.org",
        api_url="https://api.example.org/db",
        sources=(
            SourceSetting(
                source=str(tmp_path / "build/html"),
                slug="ours",
                version="2.0+local",
                name="Ours",
                language="pt-BR",
                canonical="https://ours.example.org/en/2.0/",
                answers=str(tmp_path / "asked.txt"),
            ),
            SourceSetting(source="https://example.org/docs.zip"),
        ),
    )


def test_absolute_paths_stay_and_a_tilde_means_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/reader")
    write(tmp_path, 'output = "/srv/out"\n[[sources]]\nsource = "~/html"\n')

    settings = load_settings(tmp_path, {})

    assert (settings.output, settings.sources[0].source) == (Path("/srv/out"), "/home/reader/html")


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'base_url = "https://a.example.org"\napi_url = "https://b.example.org"\n')

    settings = load_settings(
        tmp_path, {"LIVEDOCS_BASE_URL": "https://preview.example.org/x/", "LIVEDOCS_API_URL": ""}
    )

    assert (settings.base_url, settings.api_url) == ("https://preview.example.org/x", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title = ", "this is not TOML"),
        (
            "titel = 'x'",
            "livedocs.toml: titel: is not a setting. Allowed are api_url, base_url, database_url, development, output",
        ),
        ("title = 3", 'livedocs.toml: title: must be a text, not a number. Write title = "..."'),
        ("output = true", "livedocs.toml: output: must be a text, not a boolean"),
        ("base_url = ['x']", "livedocs.toml: base_url: must be a text, not an array"),
        ("title = 2026-01-01", "livedocs.toml: title: must be a text, not a date"),
        ("base_url = 'docs.example.org'", "livedocs.toml: base_url: 'docs.example.org' is not the address"),
        *(
            (f"base_url = '{address}'", f"livedocs.toml: base_url: '{address}' is not the address")
            for address in (
                "https://docs.example.org:x",
                "https://docs.example.org:99999",
                "https://user:secret@docs.example.org",
                "https://docs example.org",
                "https://docs.example.org/a b",
                "https://-",
                "https://docs..org",
                "https://docs.example.org/?",
                "https://docs.example.org/<b>",
            )
        ),
        ("production = 1", "livedocs.toml: production: must be a table. Write it as [production]."),
        ("[production]\nsources = 'x'", "livedocs.toml: production.sources: is not a setting"),
        ("replicas = 'x'", "livedocs.toml: replicas: must be a list of texts"),
        ("base_url = 'https://[x'", "livedocs.toml: base_url: 'https://[x' is not the address"),
        (
            "api_url = 'javascript:alert(1)'",
            "livedocs.toml: api_url: 'javascript:alert(1)' is not the address",
        ),
        ("sources = 'html'", "livedocs.toml: sources: must be tables. Write each as [[sources]]"),
        ("sources = ['html']", "livedocs.toml: sources: must be tables"),
        ("[[sources]]\nslug = 'x'", "livedocs.toml: sources[0].source: is missing. Give a folder"),
        (
            "[[sources]]\nsource = 'x'\npath = 'y'",
            "livedocs.toml: sources[0].path: is not a setting. Allowed are answers, canon",
        ),
        (
            "[[sources]]\nsource = 'x'\nslug = '../up'",
            "livedocs.toml: sources[0].slug: can't be '../up'. Allowed are",
        ),
        ("[[sources]]\nsource = 'x'\nversion = '3/4'", "livedocs.toml: sources[0].version: can't be '3/4'"),
        (
            "[[sources]]\nsource = 'x'\nversion = 3.11",
            "livedocs.toml: sources[0].version: must be a text, not a num",
        ),
        ("[[sources]]\nsource = 'x'\nlanguage = 'e'", "livedocs.toml: sources[0].language: can't be 'e'"),
        (
            "[[sources]]\nsource = 'x'\ncanonical = 'x'",
            "livedocs.toml: sources[0].canonical: 'x' is not the address",
        ),
    ],
)
def test_what_is_not_understood_is_named_with_what_is_allowed(
    tmp_path: Path, text: str, message: str
) -> None:
    write(tmp_path, text)

    with pytest.raises(UsageError) as caught:
        load_settings(tmp_path, {})

    assert message in str(caught.value)
    assert caught.value.todo
    assert "livedocs.toml" in caught.value.where


def test_a_wrong_address_in_the_environment_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"LIVEDOCS_BASE_URL: 'nonsense' is not the address of a site"):
        load_settings(tmp_path, {"LIVEDOCS_BASE_URL": "nonsense"})


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "livedocs.toml").write_bytes(b"title = 'caf\xe9'")

    with pytest.raises(UsageError, match=r"this is not UTF-8"):
        load_settings(tmp_path, {})


def test_a_folder_called_livedocs_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "livedocs.toml").mkdir()

    with pytest.raises(UsageError, match=r"this can't be read"):
        load_settings(tmp_path, {})


def test_the_cache_folder_follows_the_environment(tmp_path: Path) -> None:
    home, shared, own = (str(tmp_path / name) for name in ("home", "shared", "own"))

    assert cache_folder({"HOME": home}) == tmp_path / "home/.cache/livedocs"
    assert cache_folder({"HOME": home, "XDG_CACHE_HOME": shared}) == tmp_path / "shared/livedocs"
    assert cache_folder({"HOME": home, "XDG_CACHE_HOME": "relative"}) == tmp_path / "home/.cache/livedocs"
    assert cache_folder({"HOME": home, "XDG_CACHE_HOME": shared, "LIVEDOCS_CACHE": own}) == tmp_path / "own"
    assert (tmp_path / "own").is_dir()


def test_a_cache_folder_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")

    with pytest.raises(
        SourceError, match=r"the cache folder can't be used: not a directory. Set LIVEDOCS_CACHE"
    ):
        cache_folder({"LIVEDOCS_CACHE": str(tmp_path / "file/cache")})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody who may not write")
def test_a_cache_folder_without_permission_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, *tmp_path.parents[:2]):
        path.chmod(0o755)
    (tmp_path / "there").mkdir()
    os.seteuid(65534)
    try:
        with pytest.raises(SourceError, match=r"can't be used: permission denied. Set LIVEDOCS_CACHE"):
            cache_folder({"LIVEDOCS_CACHE": str(tmp_path / "new")})
        with pytest.raises(SourceError, match=r"can't be used: you may not write there. Set LIVEDOCS_CACHE"):
            cache_folder({"LIVEDOCS_CACHE": str(tmp_path / "there")})
    finally:
        os.seteuid(0)


def test_an_environment_s_own_settings_win_over_the_common_ones(tmp_path: Path) -> None:
    write(
        tmp_path,
        """
        title = "Docs"
        database_url = "postgresql://localhost/docs"
        [production]
        database_url = "postgresql://docs@db.example.org/docs"
        replicas = ["postgresql://docs@one.example.org/docs"]
        """,
    )

    usual, live = (load_settings(tmp_path, environ) for environ in ({}, {"LIVEDOCS_ENV": "production"}))
    named = load_settings(
        tmp_path, {"LIVEDOCS_ENV": "production", "LIVEDOCS_DATABASE_URL": "postgresql://x/y"}
    )

    assert (usual.title, usual.database_url, usual.replicas) == ("Docs", "postgresql://localhost/docs", ())
    assert live.title == "Docs"
    assert live.database_url == "postgresql://docs@db.example.org/docs"
    assert live.replicas == ("postgresql://docs@one.example.org/docs",)
    assert named.database_url == "postgresql://x/y"
    assert "example.org" not in repr(live)


def test_an_environment_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"LIVEDOCS_ENV: there is no environment 'live'. Known: development"):
        load_settings(tmp_path, {"LIVEDOCS_ENV": "live"})


def test_a_file_of_secrets_adds_to_the_environment_and_never_wins_over_it(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# secrets\nLIVEDOCS_DATABASE_PASSWORD='p w#1'\nexport A=1\n\nB = two words \nC=\"\"\nD=from file\n"
    )

    found = read_environment(tmp_path, {"D": "from environment"})

    assert found == {
        "LIVEDOCS_DATABASE_PASSWORD": "p w#1",
        "A": "1",
        "B": "two words",
        "C": "",
        "D": "from environment",
    }


def test_a_wrong_line_of_secrets_is_named_and_not_repeated(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\nsecret without a name\n")

    with pytest.raises(UsageError, match=r"\.env:2: this line is no setting\. Write NAME=value\.$"):
        read_environment(tmp_path, {})
