"""The description of the API as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0), made from its own limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder import __version__
from builder.api.parameters import MARK_PATTERN, MAX_KINDS, MAX_NAME, MAX_QUERY, MAX_SIZE, MAX_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.answers import StoredDocset

    Json = dict[str, Any]

_ABOUT = (
    "Search and look-up in documentation, read-only. The same query gives the same answer until the documentation is "
    "built anew (`index_hash`); replies carry a strong `ETag`. Parameters that are not described are ignored. "
    "Errors are problem details (RFC 9457)."
)
_BLANK = r"\s\u0000-\u001f\u007f-\u009f"
_WORDS = rf"^[{_BLANK}]*([^{_BLANK}]+[{_BLANK}]+){{0,{MAX_WORDS - 1}}}[^{_BLANK}]*$"
_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}


def describe_api(server: str, docsets: Sequence[StoredDocset]) -> Json:
    """Return the description.

    Args:
        server: The address below which the API stands.
        docsets: What can be searched; their names are given as examples.
    """
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "livedocs search API", "version": __version__, "description": _ABOUT},
        "servers": [{"url": server}],
        "paths": {
            "/-/search.json": _get(
                "search", "Search the documentation", _searching(docsets), "SearchAnswer", errors=(404,)
            ),
            "/-/suggest": _get(
                "suggest",
                "Complete what is being typed (OpenSearch suggestions)",
                _searching(docsets),
                "Suggestions",
                kind="application/x-suggestions+json",
                errors=(404,),
            ),
            "/-/symbol/{name}.json": _get(
                "symbol",
                "Look up one symbol or module by its full name",
                _naming(docsets),
                "Symbol",
                errors=(404,),
            ),
            "/-/search": _page(docsets),
            "/-/openapi.json": _get("describe", "This description", [], "Description", errors=()),
            "/-/health": _get("health", "Whether the database answers now", [], "Health", errors=()),
        },
        "components": {"schemas": _SCHEMAS},
    }


def _get(
    name: str,
    summary: str,
    parameters: list[Json],
    schema: str,
    *,
    kind: str = "application/json",
    errors: Sequence[int] = (),
) -> Json:
    asked = (400,) if parameters else ()
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": _reply("The answer", kind, {"$ref": f"#/components/schemas/{schema}"}, _KEPT_HEADERS),
                "304": {"description": "The client's copy still holds"},
                **{str(status): _problem(status) for status in (*asked, *errors, 503)},
            },
        }
    }


def _page(docsets: Sequence[StoredDocset]) -> Json:
    described = _get(
        "searchPage", "Search, as a page for people", _searching(docsets, needed=False), "Page", errors=(404,)
    )
    for status, reply in described["get"]["responses"].items():
        if status != "304":
            reply["content"] = {"text/html": {"schema": _TEXT}}
    return described


def _reply(description: str, kind: str, schema: Json, headers: Mapping[str, Json]) -> Json:
    return {"description": description, "headers": dict(headers), "content": {kind: {"schema": schema}}}


def _problem(status: int) -> Json:
    described = {400: "The request is wrong", 404: "There is no such thing", 503: "Not now; ask again later"}
    headers = {"Retry-After": {"description": "Seconds to wait", "schema": _TEXT}} if status == 503 else {}
    schema = {"$ref": "#/components/schemas/Problem"}
    return _reply(described[status], "application/problem+json", schema, headers)


def _searching(docsets: Sequence[StoredDocset], *, needed: bool = True) -> list[Json]:
    """Return the parameters of a search."""
    text = {"type": "string", "maxLength": MAX_QUERY, "pattern": _WORDS}
    words = f"The reader's words: a name, an operator, a question; at most {MAX_WORDS} words."
    kinds = {
        "type": "array",
        "maxItems": MAX_KINDS,
        "items": {"type": "string", "maxLength": MAX_NAME, "pattern": "^[^,]*$"},
    }
    size = {"type": "integer", "minimum": 1, "maximum": MAX_SIZE, "default": 10}
    return [
        _parameter("q", words, text, required=needed),
        *_docset(docsets),
        _parameter("kind", "Only entries of these kinds: function, class, section …", kinds),
        _parameter("module", "Only what stands in this module", _short()),
        _parameter("_size", "How many results", size),
        _parameter(
            "_next",
            "Where the page begins: `next` of the page before",
            {**_short(), "pattern": MARK_PATTERN},
        ),
    ]


def _naming(docsets: Sequence[StoredDocset]) -> list[Json]:
    """Return the parameters of a look-up."""
    name = {
        "name": "name",
        "in": "path",
        "required": True,
        "description": "The full name, such as `json.dump`, as the documentation writes it.",
        "schema": {"type": "string", "minLength": 1},
    }
    return [name, *_docset(docsets)]


def _docset(docsets: Sequence[StoredDocset]) -> list[Json]:
    slugs = ", ".join(dict.fromkeys(docset.slug for docset in docsets)) or "none"
    return [
        _parameter("docset", f"One documentation set, by its name in addresses: {slugs}", _short()),
        _parameter("version", "A version or its beginning; without it the newest", _short()),
    ]


def _parameter(name: str, description: str, schema: Json, *, required: bool = False) -> Json:
    return {"name": name, "in": "query", "required": required, "description": description, "schema": schema}


def _short() -> Json:
    return {"type": "string", "maxLength": MAX_NAME}


def _object(properties: Mapping[str, Json]) -> Json:
    """Return the schema of an object that always has all of its properties."""
    return {"type": "object", "required": list(properties), "properties": dict(properties)}


def _maybe(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


_KEPT_HEADERS: dict[str, Json] = {
    "Cache-Control": {"description": "How long it may be kept", "schema": _TEXT},
    "ETag": {"description": "A strong entity tag; not on /-/health", "schema": _TEXT},
}

_PLACE = dict.fromkeys(("url", "page", "anchor", "kind", "name", "title"), _TEXT)

_SCHEMAS: Json = {
    "Excerpt": _object(
        {
            "text": _TEXT,
            "highlights": _list(
                {
                    "description": "Start and end in code points of `text`",
                    "type": "array",
                    "items": _COUNT,
                    "minItems": 2,
                    "maxItems": 2,
                }
            ),
        }
    ),
    "Result": _object(
        {
            **_PLACE,
            **dict.fromkeys(
                ("signature", "summary", "trail", "docset", "version", "added", "deprecated"), _TEXT
            ),
            "excerpt": _ref("Excerpt"),
            "tier": {"enum": ["exact", "name", "prefix", "text", "fuzzy"]},
            "score": {"type": "number"},
        }
    ),
    "SearchAnswer": _object(
        {
            "ok": {"const": True},
            "query": _TEXT,
            "corrected_query": _maybe(_TEXT),
            "results": _list(_ref("Result")),
            "next": _maybe(_TEXT),
            "next_url": _maybe({"type": "string", "format": "uri"}),
            "total": _COUNT,
            "took_ms": {"type": "number", "minimum": 0},
            "index_hash": _TEXT,
        }
    ),
    "Suggestions": {
        "description": "The query, completions, their summaries, their addresses",
        "type": "array",
        "items": {"anyOf": [_TEXT, _list(_TEXT)]},
        "minItems": 4,
        "maxItems": 4,
    },
    "Reference": _object(dict.fromkeys(("url", "kind", "name", "title"), _TEXT)),
    "VersionNote": _object(
        {
            "kind": {"enum": ["added", "changed", "deprecated", "removed"]},
            "version": _TEXT,
            "text": _TEXT,
            "whole": {"description": "Whether it is about the symbol as a whole", "type": "boolean"},
        }
    ),
    "Symbol": _object(
        {
            "ok": {"const": True},
            **_PLACE,
            **dict.fromkeys(("domain", "role", "summary", "text", "trail", "docset", "version"), _TEXT),
            **dict.fromkeys(("added", "changed", "deprecated", "removed"), _TEXT),
            "signatures": _list(_TEXT),
            "version_notes": _list(_ref("VersionNote")),
            "neighbours": _object(
                {
                    **dict.fromkeys(("parent", "previous", "next"), _maybe(_ref("Reference"))),
                    "members": _list(_ref("Reference")),
                }
            ),
            "namesakes": _list(_ref("Reference")),
            "index_hash": _TEXT,
        }
    ),
    "Health": _object(
        {
            "ok": {"const": True},
            "engine": {"enum": ["sqlite", "postgresql"]},
            "docsets": _COUNT,
            "index_hash": _TEXT,
            "cache": {
                "description": "Ready replies in this process and how often they were of use",
                "type": "object",
                "additionalProperties": {"type": "number"},
            },
        }
    ),
    "Problem": _object(
        {
            "type": _TEXT,
            "title": _TEXT,
            "status": {"type": "integer"},
            "detail": _TEXT,
            "ok": {"const": False},
            "error": _TEXT,
        }
    ),
    "Description": {"type": "object"},
    "Page": _TEXT,
}
