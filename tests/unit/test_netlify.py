"""The site's headers are the same wherever it is served, and strict."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from builder.errors import UsageError
from builder.headers import HEADER_RULES, header_file, headers_for, policy_in, proxy_rules

ROOT = Path(__file__).resolve().parents[2]
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "public, max-age=0, must-revalidate"


@pytest.fixture(scope="module")
def netlify() -> dict[str, object]:
    return tomllib.loads((ROOT / "netlify.toml").read_text())


def test_the_header_file_holds_every_rule_and_the_exceptions_of_the_policy() -> None:
    lines = header_file(["'sha256-aa='", "'sha256-bb='"], ["'sha256-cc='"]).splitlines()

    rules: dict[str, dict[str, str]] = {}
    place = ""
    for line in lines:
        if line.startswith("  "):
            name, value = line.strip().split(": ", 1)
            rules[place][name] = value
        else:
            place = line
            rules[place] = {}
    policy = rules["/*"].pop("Content-Security-Policy")
    plain = {pattern: dict(values) for pattern, values in HEADER_RULES.items()}
    assert "script-src 'self' 'sha256-aa=' 'sha256-bb='; style-src 'self' 'sha256-cc='; " in policy
    assert policy.replace(" 'sha256-aa=' 'sha256-bb='", "").replace(" 'sha256-cc='", "") == plain["/*"].pop(
        "Content-Security-Policy"
    )
    assert rules == plain


def test_the_policy_of_a_site_is_that_of_its_header_file() -> None:
    policy = policy_in(header_file(["'sha256-aa='"], []))

    assert headers_for("/", policy)["content-security-policy"] == policy
    assert "'sha256-aa='" in policy
    assert policy_in("") == headers_for("/")["content-security-policy"]
    assert headers_for("/assets/main.cf1578cf.js", policy) == headers_for("/assets/main.cf1578cf.js")


def test_netlify_has_no_rules_that_would_meet_those_of_the_site(netlify) -> None:
    assert "headers" not in netlify


def test_netlify_builds_from_a_clone_and_publishes_the_site_alone(netlify) -> None:
    assert netlify["build"]["publish"] == "output/site"
    assert netlify["build"]["command"].startswith("python -m pip install . && ")
    assert netlify["build"]["command"].endswith(" livedocs build")
    assert tuple(map(int, netlify["build"]["environment"]["PYTHON_VERSION"].split("."))) >= (3, 11)


def test_the_content_security_policy_lets_nothing_run_but_the_sites_own_files() -> None:
    policy = headers_for("/python/3.11/library/json.html")["content-security-policy"]

    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    assert directives["style-src"] == "'self'"
    assert directives["base-uri"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy


@pytest.mark.parametrize(
    ("path", "cached"),
    [
        ("/", REVALIDATED),
        ("/index.html", REVALIDATED),
        ("/python/3.11/", REVALIDATED),
        ("/python/3.11/library/json.html", REVALIDATED),
        ("/python/3.11/objects.inv", REVALIDATED),
        ("/python/3.11/_search/root.json", REVALIDATED),
        ("/python/3.11/_search/593b74de44c2/b0.bin", IMMUTABLE),
        ("/python/3.11/_search/593b74de44c2/", IMMUTABLE),
        ("/python/3.11/_search/593b74de44c2", REVALIDATED),
        ("//3.11/_search/593b74de44c2/b0.bin", REVALIDATED),
        ("/assets/main.cf1578cf.css", IMMUTABLE),
        ("/assets", REVALIDATED),
        ("/python/3.11/assets/main.css", REVALIDATED),
    ],
)
def test_only_what_never_changes_under_its_name_is_kept(path: str, cached: str) -> None:
    headers = headers_for(path)

    assert headers["cache-control"] == cached
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/404.html",
        "/service-worker.js",
        "/python/3.11/assets/page.html",
        "/python/3.11/search.js",
        "/python/3.11/_search/593b74de44c2/page.html",
        "/python/3.11/_images/a.svg",
    ],
)
def test_what_comes_from_the_docs_and_may_be_opened_carries_the_policy(path: str) -> None:
    assert {"content-security-policy", "x-frame-options"} <= headers_for(path).keys()


@pytest.mark.parametrize(
    "path",
    [
        "/assets/main.cf1578cf.js",
        "/assets/livedocs.7fecbc08.svg",
        "/python/3.11/_search/root.json",
        "/python/3.11/_search/593b/b0.bin",
    ],
)
def test_the_parts_of_a_page_carry_what_they_need_alone(path: str) -> None:
    assert headers_for(path).keys() == {"cache-control", "x-content-type-options"}


def test_no_two_rules_that_meet_set_the_same_header() -> None:
    everywhere = HEADER_RULES["/*"]
    others = [values for pattern, values in HEADER_RULES.items() if pattern != "/*"]

    assert all(not everywhere.keys() & values.keys() for values in others)


def test_one_setting_leads_to_the_api() -> None:
    assert proxy_rules("https://docs-api.example.org/") == "/api/* https://docs-api.example.org/:splat 200\n"
    assert proxy_rules("") == ""
    assert proxy_rules("/api") == ""


def test_a_build_writes_the_rule_and_pages_use_the_sites_own_address(tmp_path: Path) -> None:
    environment = {**os.environ, "LIVEDOCS_API_URL": "https://docs-api.example.org", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "builder", "build", "-q", str(ROOT / "tests/golden/python-3.11")]

    subprocess.run(command, cwd=tmp_path, env=environment, check=True)

    site = tmp_path / "output" / "site"
    page = (site / "python/3.11/index.html").read_text()
    assert (site / "_redirects").read_text() == "/api/* https://docs-api.example.org/:splat 200\n"
    assert 'action="/api/-/search"' in page
    assert "docs-api.example.org" not in page


@pytest.mark.parametrize(
    "address", ["docs-api.example.org", "https://a.example\n/* https://b.example", "ftp://a"]
)
def test_an_address_that_no_request_can_go_to_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="LIVEDOCS_API_URL"):
        proxy_rules(address)
