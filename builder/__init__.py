"""livedocs: Sphinx-built HTML documentation as a searchable static site, one SQLite file and a JSON API."""

__version__ = "0.1.0"
