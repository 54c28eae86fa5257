"""The order of the steps, which this package alone knows: source, parse, sanitise, store, index, render, publish."""

from builder.pipeline.build import BuildReport, build, generate_site, ingest_sources
from builder.pipeline.sources import open_sources

__all__ = ["BuildReport", "build", "generate_site", "ingest_sources", "open_sources"]
