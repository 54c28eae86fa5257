"""The API's own addresses, in-process: `/-/search.json`, `/-/suggest`, `/-/search`, `/-/health`."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.api.parameters import (
    MARK_PATTERN,
    MAX_OFFSET,
    MAX_QUERY,
    make_token,
    read_arguments,
    read_token,
)
from builder.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from datasette.app import Datasette
    from httpx import Response

RESULT_FIELDS = {
    "url", "page", "anchor", "kind", "name", "title", "signature", "summary", "trail", "docset", "version",
    "added", "deprecated", "excerpt", "tier", "score",
}  # fmt: skip
ANSWER_FIELDS = {
    "ok", "query", "corrected_query", "results", "next", "next_url", "total", "took_ms", "index_hash",
}  # fmt: skip
HOSTILE = [
    "'; DROP TABLE pages; --", '" OR 1=1 --', "x' UNION SELECT html FROM pages --", "1; ATTACH 'x' AS y",
    "NEAR(a b)", '"unclosed', "a* AND (", "title:json", "^json", "{a b}:c", "-json +dump", "*", "()", "\\",
    "%", "%27", "_", "\0", "a\0b", "\ud800", "\udfff\ud800", "\ufffe\uffff", "\u202e",
    "<script>alert(1)</script>", "../../etc/passwd", "${7*7}", "{{7*7}}", "a" * MAX_QUERY, "a" * (MAX_QUERY + 1),
    "a " * 5000, "a" * 50_000, "🐍" * 200, "",
]  # fmt: skip
PARAMETERS = ["q", "docset", "version", "kind", "module", "_size", "_next"]


def encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def assert_problem(response: Response, status: int, parameter: str | None = None) -> None:
    """Check that a reply is a problem as RFC 9457 has it, with Datasette's own keys."""
    body = response.json()
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert (body["status"], body["ok"], body["error"]) == (status, False, body["detail"])
    assert body["type"] == "about:blank"
    assert body.get("parameter") == parameter


async def test_a_search_answers_with_all_fields_of_the_contract(datasette: Datasette):
    response = await datasette.client.get("/-/search.json?q=json.dump&version=3.11&_size=3")

    body = response.json()
    assert set(body) == ANSWER_FIELDS
    assert [set(result) for result in body["results"]] == [RESULT_FIELDS] * 3
    assert (body["ok"], body["query"], body["corrected_query"]) == (True, "json.dump", None)
    best = body["results"][0]
    assert (best["url"], best["tier"]) == ("/python/3.11/library/json.html#json.dump", "exact")
    assert best["signature"].startswith("json.dump(obj, fp, *,")
    marked = [best["excerpt"]["text"][start:end].lower() for start, end in best["excerpt"]["highlights"]]
    assert "json" in marked


async def test_a_search_says_how_it_may_be_kept(datasette: Datasette):
    headers = (await datasette.client.get("/-/search.json?q=json", headers={"Cookie": "session=1"})).headers

    assert headers["cache-control"] == "public, max-age=300, stale-while-revalidate=86400"
    assert headers["access-control-allow-origin"] == "*"
    assert headers["vary"] == "Accept-Encoding"
    assert "set-cookie" not in headers


async def test_equal_strong_tags_stand_for_equal_bytes_and_an_older_copy_is_as_good(
    built_output: Path, open_datasette: Callable[..., AbstractAsyncContextManager[Datasette]]
):
    made: dict[str, set[bytes]] = {}
    for _ in range(4):
        async with open_datasette(built_output / "docs.db") as datasette:
            reply = await datasette.client.get("/-/search.json?q=json")
            made.setdefault(reply.headers["etag"], set()).add(reply.content)
            older = [
                await datasette.client.get("/-/search.json?q=json", headers={"If-None-Match": tag})
                for tag in made
            ]

            assert [(one.status_code, one.headers["etag"]) for one in older] == [(304, tag) for tag in made]
    assert all(len(bodies) == 1 for bodies in made.values())


async def test_a_client_that_has_the_answer_is_told_so(datasette: Datasette):
    first = await datasette.client.get("/-/search.json?q=json")

    again = await datasette.client.get(
        "/-/search.json?q=json", headers={"If-None-Match": first.headers["etag"]}
    )

    assert re.fullmatch(r'"[0-9a-f]{16}\.\d+-br"', first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    for name in ("etag", "cache-control", "content-type", "access-control-allow-origin"):
        assert again.headers[name] == first.headers[name]


async def test_requests_that_mean_the_same_have_the_same_tag_and_others_another(datasette: Datasette):
    async def tag(query: str) -> str:
        return (await datasette.client.get(f"/-/search.json?{query}")).headers["etag"]

    same = {
        await tag(query)
        for query in (
            "q=json+dump",
            "q=+json%20%20dump+",
            "_size=10&q=json%09dump&x=1",
            "q=json+dump&version=3",
        )
    }
    other = [
        await tag(query)
        for query in (
            "q=json",
            "q=JSON+dump",
            "q=json+dump&_size=9",
            "q=json+dump&version=3.11",
            "q=json+dump&kind=class",
            "q=json+dump&module=json",
            f"q=json+dump&_next={make_token(10)}",
        )
    ]

    assert len(same) == 1
    assert len({*same, *other}) == 1 + len(other)


async def test_following_next_gives_every_result_once(datasette: Datasette):
    whole = (await datasette.client.get("/-/search.json?q=json&_size=50")).json()
    found, query = [], "/-/search.json?q=json&_size=8"

    while query:
        response = await datasette.client.get(query.removeprefix("http://localhost"))
        page = response.json()
        found += page["results"]
        query = page["next_url"]
        if query:
            assert response.headers["link"] == f'<{query}>; rel="next"'
            assert query.endswith(f"&_next={page['next']}")

    assert len(found) == whole["total"]
    assert found[:50] == whole["results"]
    assert len({result["url"] for result in found}) == len(found)


async def test_kinds_may_be_repeated_or_listed(datasette: Datasette):
    repeated = (await datasette.client.get("/-/search.json?q=json&kind=function&kind=class")).json()
    listed = (await datasette.client.get("/-/search.json?q=json&kind=class,+function")).json()

    assert {result["kind"] for result in repeated["results"]} == {"function", "class"}
    assert listed["results"] == repeated["results"]


async def test_a_correction_is_told(datasette: Datasette):
    body = (await datasette.client.get("/-/search.json?q=json.dmup")).json()

    assert (body["query"], bool(body["corrected_query"])) == ("json.dmup", True)
    assert body["results"][0]["name"] == "json.dump"


async def test_an_empty_text_finds_nothing(datasette: Datasette):
    body = (await datasette.client.get("/-/search.json?q=")).json()

    assert (body["results"], body["total"], body["next"]) == ([], 0, None)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "q"),
        ("docset=python", "q"),
        (f"q={'a' * (MAX_QUERY + 1)}", "q"),
        (f"q={'a+' * 40}", "q"),
        (f"q=a&x={'y' * 10_000}", "q"),
        ("q=a&_next=%C2%84", "_next"),
        ("q=a&_size=51", "_size"),
        ("q=a&_size=0", "_size"),
        ("q=a&_size=-1", "_size"),
        ("q=a&_size=1e3", "_size"),
        ("q=a&_size=%C2%B2", "_size"),
        ("q=a&_next=zzz", "_next"),
        ("q=a&_next=MTA", "_next"),
        (f"q=a&module={'m' * 200}", "module"),
        (f"q=a&kind={','.join(map(str, range(20)))}", "kind"),
    ],
)
async def test_a_request_out_of_its_limits_is_a_problem_that_names_the_parameter(
    datasette: Datasette, query: str, parameter: str
):
    for route in ("/-/search.json", "/-/suggest"):
        assert_problem(await datasette.client.get(f"{route}?{query}"), 400, parameter)


@pytest.mark.parametrize(
    "host",
    [
        'a"><script>',
        "[::1",
        "a/b",
        "a@b",
        "a?b",
        "a#b",
        "a b",
        "a:b",
        "a:123456",
        "a, b",
        "[::1]x",
        "\u00e9",
        ":80",
    ],
)
async def test_an_address_that_is_no_host_is_refused_and_said_nowhere(datasette: Datasette, host: str):
    for path in (
        "/-/search.json?q=json&_size=1",
        "/-/suggest?q=json",
        "/-/search?q=json",
        "/docs/pages.json?_size=1",
    ):
        response = await datasette.client.get(path, headers={"Host": host.encode()})

        assert_problem(response, 400)
        assert "link" not in response.headers
        assert host not in response.text


async def test_requests_to_two_addresses_have_two_answers_with_two_tags(datasette: Datasette):
    for path in ("/-/search.json?q=json&_size=1", "/-/suggest?q=json", "/-/search?q=json&_size=1"):
        hosts = ["docs.example", "docs.example:8000", "[::1]:8000", "127.0.0.1", "a_b"]
        answers = [await datasette.client.get(path, headers={"Host": host}) for host in hosts]

        assert [answer.status_code for answer in answers] == [200] * len(hosts)
        assert all(f"http://{host}/" in answer.text for host, answer in zip(hosts, answers, strict=True)), (
            path
        )
        assert len({answer.headers["etag"] for answer in answers}) == len(hosts)


async def test_addresses_are_secure_where_the_operator_says_so(
    built_output: Path, open_datasette: Callable[..., AbstractAsyncContextManager[Datasette]]
):
    async with open_datasette(built_output / "docs.db", settings={"force_https_urls": True}) as datasette:
        body = (await datasette.client.get("/-/search.json?q=json&_size=1")).json()
        suggested = (await datasette.client.get("/-/suggest?q=json")).json()

    assert {body["next_url"][:18], *(url[:18] for url in suggested[3])} == {"https://localhost/"}


@pytest.mark.parametrize("parameter", PARAMETERS)
async def test_hostile_values_are_answered_or_refused(datasette: Datasette, parameter: str):
    for text in HOSTILE:
        query = f"{parameter}={encoded(text)}" + ("" if parameter == "q" else "&q=json")
        for route in ("/-/search.json", "/-/suggest", "/-/search"):
            response = await datasette.client.get(f"{route}?{query}")

            assert response.status_code in (200, 400, 404), (text, response.text)
            if route == "/-/search.json":
                assert response.json()["ok"] is (response.status_code == 200)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=80), parameter=st.sampled_from(PARAMETERS), raw=st.binary(max_size=40))
def test_no_value_breaks_a_search(
    built_output: Path,
    open_datasette: Callable[..., AbstractAsyncContextManager[Datasette]],
    text: str,
    parameter: str,
    raw: bytes,
):
    async def ask() -> list[int]:
        async with open_datasette(built_output / "docs.db") as datasette:
            values = (encoded(text), quote(raw, safe=""))
            return [
                (await datasette.client.get(f"/-/search.json?q=json&{parameter}={value}")).status_code
                for value in values
            ]

    assert set(asyncio.run(ask())) <= {200, 400, 404}


async def test_the_methods_of_a_read_only_address(datasette: Datasette):
    get = await datasette.client.get("/-/search.json?q=json")
    head = await datasette.client.head("/-/search.json?q=json")
    options = await datasette.client.options("/-/search.json")
    post = await datasette.client.post("/-/search.json?q=json")

    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", get.headers["etag"])
    assert options.status_code == 204
    assert options.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert_problem(post, 405)
    assert post.headers["allow"] == "GET, HEAD, OPTIONS"


async def test_suggestions_have_the_form_that_browsers_ask_for(datasette: Datasette):
    response = await datasette.client.get("/-/suggest?q=json.d")

    query, completions, descriptions, addresses = response.json()
    assert response.headers["content-type"] == "application/x-suggestions+json; charset=utf-8"
    assert query == "json.d"
    assert completions[0] == "json.dump"
    assert len(set(completions)) == len(completions) >= 2
    assert len(completions) == len(descriptions) == len(addresses)
    assert addresses[0] == "http://localhost/python/3.13/library/json.html#json.dump"


async def test_the_page_of_results_works_without_javascript(datasette: Datasette):
    response = await datasette.client.get("/-/search?q=%3Cb%3Ejson+dump&_size=5")

    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert 'href="/python/3.13/library/json.html#json.dump"' in response.text
    assert "<mark>JSON</mark>" in response.text
    assert 'value="&lt;b&gt;json dump"' in response.text
    assert "<b>json dump" not in response.text
    assert 'rel="next"' in response.text


async def test_the_page_without_a_text_is_a_form(datasette: Datasette):
    response = await datasette.client.get("/-/search")

    assert response.status_code == 200
    assert 'type="search" name="q" value=""' in response.text


async def test_a_wrong_request_for_the_page_is_told_in_html(datasette: Datasette):
    response = await datasette.client.get("/-/search?q=x&docset=ruby")

    assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert response.headers["cache-control"] == "no-store"
    assert "there is no docset" in response.text


@pytest.mark.parametrize("query", ["docset=ruby", "version=9"])
async def test_docs_that_are_not_here_are_not_found(datasette: Datasette, query: str):
    for path in ("/-/search.json?q=a&", "/-/suggest?q=a&", "/-/symbol/json.dump.json?"):
        assert_problem(await datasette.client.get(f"{path}{query}"), 404, query.partition("=")[0])


async def test_the_page_of_results_is_styled_as_the_site_and_runs_nothing(datasette: Datasette):
    page = await datasette.client.get("/-/search?q=json")
    style = re.search(r'<link rel="stylesheet" href="([^"]+)"', page.text)
    sheet = await datasette.client.get(style[1])

    assert "default-src 'none'; style-src 'self'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert sheet.headers["cache-control"] == "public, max-age=31536000, immutable"
    used = set(" ".join(re.findall(r'class="([^"]*)"', page.text)).split())
    assert {name for name in used if f".{name}" not in sheet.text} == set()


async def test_a_symbol_is_told_with_its_place_and_what_is_beside_it(datasette: Datasette):
    response = await datasette.client.get("/-/symbol/json.JSONEncoder.json?version=3.11")

    body = response.json()
    assert (body["ok"], body["name"], body["kind"], body["domain"]) == (
        True,
        "json.JSONEncoder",
        "class",
        "py",
    )
    assert body["url"] == "/python/3.11/library/json.html#json.JSONEncoder"
    assert body["signatures"][0].startswith("class json.JSONEncoder(")
    around = body["neighbours"]
    assert around["parent"]["url"].startswith("/python/3.11/library/json.html")
    assert [member["name"] for member in around["members"]] == [
        "json.JSONEncoder.default",
        "json.JSONEncoder.encode",
        "json.JSONEncoder.iterencode",
    ]
    assert around["next"]["name"] == "json.JSONEncoder.default"
    assert {"kind": "changed", "version": "3.6"}.items() <= next(
        note for note in body["version_notes"] if note["version"] == "3.6"
    ).items()


async def test_a_module_is_a_symbol_too_and_an_unknown_name_is_not_found(datasette: Datasette):
    module = (await datasette.client.get("/-/symbol/json.json")).json()
    missing = await datasette.client.get("/-/symbol/json.dumpp.json")
    odd = await datasette.client.get("/-/symbol/a%2Fb%00%3Cscript%3E.json")

    assert (module["kind"], module["url"]) == ("module", "/python/3.13/library/json.html#module-json")
    assert_problem(missing, 404, "name")
    assert_problem(odd, 404, "name")


async def test_a_symbol_is_tagged_and_kept_like_an_answer(datasette: Datasette):
    first = await datasette.client.get("/-/symbol/json.dump.json")
    again = await datasette.client.get(
        "/-/symbol/json.dump.json", headers={"If-None-Match": first.headers["etag"]}
    )

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert first.headers["cache-control"] == "public, max-age=300, stale-while-revalidate=86400"


async def test_health_is_asked_of_the_database_and_never_kept(datasette: Datasette):
    response = await datasette.client.get("/-/health")

    assert response.json()["ok"] is True
    assert response.json()["docsets"] == 2
    assert response.headers["cache-control"] == "no-store"


async def test_results_lead_to_where_the_site_is_published(
    built_output: Path, open_datasette: Callable[..., AbstractAsyncContextManager[Datasette]]
):
    metadata = {"plugins": {"livedocs": {"site_url": "https://docs.example/"}}}
    async with open_datasette(built_output / "docs.db", metadata=metadata) as datasette:
        body = (await datasette.client.get("/-/search.json?q=json.dump")).json()
        suggested = (await datasette.client.get("/-/suggest?q=json.dump")).json()
        symbol = (await datasette.client.get("/-/symbol/json.dump.json")).json()

    assert symbol["url"] == body["results"][0]["url"]
    assert symbol["neighbours"]["parent"]["url"].startswith("https://docs.example/python/")
    expected = "https://docs.example/python/3.13/library/json.html#json.dump"
    assert (body["results"][0]["url"], suggested[3][0]) == (expected, expected)


def test_a_query_of_a_megabyte_is_refused_before_it_is_read():
    with pytest.raises(QueryError, match="query string has 1000002 characters"):
        read_arguments("q=" + "a" * 1_000_000)


def test_the_described_form_of_a_mark_fits_those_that_can_be_made_and_no_others():
    fitting = [offset for offset in range(2_000) if re.search(MARK_PATTERN, make_token(offset))]

    assert fitting == list(range(1, MAX_OFFSET + 1))


@given(st.integers(min_value=1, max_value=MAX_OFFSET))
def test_a_mark_of_the_next_page_comes_back_as_it_was(offset: int):
    assert read_token(make_token(offset)) == offset


@given(st.text(max_size=20))
def test_a_mark_that_is_not_ours_is_refused(token: str):
    try:
        offset = read_token(token)
    except QueryError:
        return
    assert token in ("", make_token(offset))
