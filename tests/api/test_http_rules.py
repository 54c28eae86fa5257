"""The rules of HTTP that the server and the plugin keep: which encoding, which entity tag."""

from __future__ import annotations

import gzip

import brotli
import pytest

from builder.api.conditional import encoded_etag, is_fresh, strong_etag
from builder.api.encodings import choose_encoding, compress_once, compress_quickly, is_compressible


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        ("", "identity"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.0, gzip;q=0", "identity"),
        ("*", "br"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("*;q=0", "identity"),
        ("identity", "identity"),
        ("GZIP", "gzip"),
        ("gzip;q=nonsense", "identity"),
        (" br ; q=1 ", "br"),
    ],
)
def test_the_best_encoding_that_the_client_accepts(accept_encoding: str, expected: str):
    assert choose_encoding(accept_encoding) == expected


@pytest.mark.parametrize("size", [600, 200_000, 2_000_000])
def test_compressed_bodies_come_back_whole(size: int):
    body = (b"def json_dump(obj, fp): ..." * (size // 27 + 1))[:size]

    for compress in (compress_once, compress_quickly):
        assert brotli.decompress(compress(body, "br")) == body
        assert gzip.decompress(compress(body, "gzip")) == body


def test_compression_is_reproducible():
    assert compress_once(b"a" * 1000, "gzip") == compress_once(b"a" * 1000, "gzip")


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/html; charset=utf-8", True),
        ("application/problem+json", True),
        ("image/svg+xml", True),
        ("image/png", False),
        ("application/octet-stream", False),
    ],
)
def test_text_is_compressed_and_pictures_are_not(content_type: str, *, expected: bool):
    assert is_compressible(content_type) is expected


def test_entity_tags_tell_parts_and_their_borders_apart():
    tags = {strong_etag("ab", "c"), strong_etag("a", "bc"), strong_etag("abc"), strong_etag("c", "ab")}

    assert len(tags) == 4


@pytest.mark.parametrize(
    ("if_none_match", "expected"),
    [
        ("", False),
        ("*", True),
        ('"abc"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ('"abc-br"', False),
        ("abc", False),
    ],
)
def test_an_entity_tag_is_found_in_what_the_client_has(if_none_match: str, *, expected: bool):
    assert is_fresh(if_none_match, '"abc"') is expected


def test_each_encoding_has_a_tag_of_its_own():
    assert [encoded_etag('"abc"', encoding) for encoding in ("identity", "br", "gzip")] == [
        '"abc"',
        '"abc-br"',
        '"abc-gzip"',
    ]
