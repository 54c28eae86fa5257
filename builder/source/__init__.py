"""Bring documentation here: from a folder, an archive, the web, or the distribution's package."""

from __future__ import annotations

from builder.source.opening import open_source
from builder.source.python_docs import fetch_python_docs
from builder.source.tree import list_files

__all__ = ["fetch_python_docs", "list_files", "open_source"]
