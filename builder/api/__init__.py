"""The JSON API: a Datasette plugin, and the server that puts the site and the API on one port."""
