"""What browsers install: the manifest, its icons, the service worker's list."""

import json
import struct

from builder.models import Docset
from builder.render import Renderer, SiteSettings, load_assets, templates_folder

PNG = b"\x89PNG\r\n\x1a\n"


def make_renderer(**settings: object) -> Renderer:
    docsets = (Docset(slug="python", name="Python", version="3.11"), Docset(slug="x", name="X", version="1"))
    return Renderer(load_assets(templates_folder()), SiteSettings(docsets=docsets, **settings))


def test_the_icons_are_there_in_the_sizes_that_the_manifest_says():
    assets = load_assets(templates_folder())

    manifest = json.loads(make_renderer().manifest())

    pictures = [icon for icon in manifest["icons"] if icon["type"] == "image/png"]
    assert {(icon["sizes"], icon.get("purpose", "any")) for icon in pictures} == {
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in pictures:
        content = assets.files[icon["src"]]
        width, height = struct.unpack(">II", content[16:24])
        assert content.startswith(PNG)
        assert f"{width}x{height}" == icon["sizes"]


def test_a_site_is_installed_under_its_own_name():
    manifest = json.loads(make_renderer(title='Docs & "more", of ours').manifest())

    assert manifest["name"] == 'Docs & "more", of ours'
    assert len(manifest["short_name"]) <= 12
    assert manifest["description"] == "Documentation: Python 3.11, X 1"


def test_the_service_worker_knows_every_script_and_every_docset():
    assets = load_assets(templates_folder())

    lines = make_renderer().service_worker().splitlines()

    build = json.loads(lines[1].removeprefix("self.livedocs = ").removesuffix(";"))
    assert set(assets.files) - set(build["assets"]) == {
        path for path in assets.files if path.endswith(".png")
    }
    assert build["docsets"] == ["python/3.11/", "x/1/"]
    assert lines[2] == f'importScripts("{assets.url("js/service-worker.js")}");'
