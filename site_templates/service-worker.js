// This site's build, for the service worker: what it is made of.
self.livedocs = {{ build|tojson }};
importScripts({{ assets.url('js/service-worker.js')|tojson }});
