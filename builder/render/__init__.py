"""Render the site: templates and assets in, pages as text out. No database, no output folder."""

from __future__ import annotations

from builder.render.assets import Assets, load_assets
from builder.render.environment import templates_folder
from builder.render.inline import allowed, carrying
from builder.render.pages import Renderer, SiteSettings

__all__ = [
    "Assets",
    "Renderer",
    "SiteSettings",
    "allowed",
    "carrying",
    "load_assets",
    "templates_folder",
]
