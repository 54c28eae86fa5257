"""The JSON that a search answers, the same from the API and from `livedocs search --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.answers import Answer, Result


def search_body(
    found: Answer, *, took_ms: float, token: str = "", next_url: str = "", site_url: str = ""
) -> dict[str, object]:
    """Return the answer to a search as the API's users hold on to it: fields are added, never taken away.

    Args:
        found: The results.
        took_ms: How long they took.
        token: The `_next` of the page after this, "" on the last.
        next_url: That page's address.
        site_url: What goes in front of each result's address, "" for none.
    """
    return {
        "ok": True,
        "query": found.query,
        "corrected_query": found.corrected or None,
        "results": [_public(result, site_url) for result in found.results],
        "next": token or None,
        "next_url": next_url or None,
        "total": found.total,
        "took_ms": took_ms,
        "index_hash": found.index_hash,
    }


def _public(result: Result, site_url: str) -> dict[str, object]:
    """Return a result's fields; written out, because `dataclasses.asdict` copies what it finds, which takes longer."""
    return {
        "url": site_url + result.url,
        "page": result.page,
        "anchor": result.anchor,
        "kind": result.kind,
        "name": result.name,
        "title": result.title,
        "signature": result.signature,
        "summary": result.summary,
        "trail": result.trail,
        "docset": result.docset,
        "version": result.version,
        "added": result.added,
        "deprecated": result.deprecated,
        "excerpt": {
            "text": result.excerpt.text,
            "highlights": [list(mark) for mark in result.excerpt.marks],
        },
        "tier": result.tier,
        "score": result.score,
    }
