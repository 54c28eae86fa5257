"""Build the search index, export it as shards for the browser, and answer queries from it."""
