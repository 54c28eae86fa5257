"""The general index, module indexes and inventories, as several versions of Sphinx write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sphobjinv

from builder.errors import InventoryError
from builder.models import IndexEntry
from builder.parse import parse_index, parse_modules, read_inventory
from builder.parse.inventory import Named

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GENINDEX = """<meta charset="utf-8"><h1 id="index">Index – D</h1>
<table style="width: 100%" class="indextable genindextable"><tr>
  <td style="width: 33%; vertical-align: top;"><ul>
      <li><a href="library/json.html#json.dump">dump() (in module json)</a>

      <ul>
        <li><a href="library/ast.html#ast.dump">(in module ast)</a>
</li>
      </ul></li>
      <li>
    Java

      <ul>
        <li><a href="reference/datamodel.html#index-13">language</a>, \
<strong><a href="library/x.html#y">[1]</a></strong>, \
<a href="faq/z.html">[2]</a>
</li>
      </ul></li>
      <li><a href="https://example.org/">elsewhere</a>
</li>
  </ul></td>
  <td style="width: 33%; vertical-align: top;"><ul>
      <li><a href="a%20b.html#C%2B%2B">C &amp; C++</a>
</li>
  </ul></td>
</tr></table>
"""
GENINDEX_1 = """<table style="width: 100%" class="indextable genindextable"><tr>
  <td style="width: 33%" valign="top"><dl>
      <dt><a href="library/json.html#json.dump">dump() (json モジュール)</a></dt>
      <dd><dl><dt><a href="library/ast.html#ast.dump">(ast モジュール)</a></dt></dl></dd>
  </dl></td></tr></table>"""
MODINDEX = """<table class="indextable modindextable">
     <tr class="pcap"><td></td><td>&#160;</td><td></td></tr>
     <tr class="cap" id="cap-j"><td></td><td><strong>j</strong></td><td></td></tr>
     <tr><td><img src="_static/minus.png" class="toggler" id="toggle-1" alt="-" /></td>
       <td><a href="library/json.html#module-json"><code class="xref">json</code></a></td>
       <td><em>Encode and decode the JSON format.</em></td></tr>
     <tr class="cg-1"><td></td><td>&#160;&#160;&#160;
       <a href="library/json.html#module-json.tool"><code class="xref">json.tool</code></a></td>
       <td><em>A command line to validate JSON.</em></td></tr>
     <tr><td></td><td><a href="library/crypt.html#module-crypt"><code class="xref">crypt</code></a> <em>(Unix)</em></td>
       <td><strong>Deprecated:</strong> <em>Check Unix passwords.</em></td></tr>
     <tr><td></td><td><a href="library/bare.html#module-bare"><code class="xref">bare</code></a></td><td></td></tr>
   </table>"""


def test_the_general_index_gives_terms_with_those_above_them() -> None:
    assert parse_index("genindex-D.html", GENINDEX.encode()) == (
        IndexEntry(term="dump() (in module json)", page="library/json.html", anchor="json.dump", main=False),
        IndexEntry(
            term="dump() (in module json); (in module ast)",
            page="library/ast.html",
            anchor="ast.dump",
            main=False,
        ),
        IndexEntry(term="Java; language", page="reference/datamodel.html", anchor="index-13", main=False),
        IndexEntry(term="Java; language", page="library/x.html", anchor="y", main=True),
        IndexEntry(term="Java; language", page="faq/z.html", anchor="", main=False),
        IndexEntry(term="C & C++", page="a b.html", anchor="C++", main=False),
    )


def test_an_index_page_without_a_table_is_empty() -> None:
    assert parse_index("genindex.html", b"<h1>Index</h1><p><a href='genindex-A.html'>A</a></p>") == ()


def test_module_indexes_give_synopses_by_place() -> None:
    assert parse_modules("py-modindex.html", MODINDEX.encode()) == {
        ("library/json.html", "module-json"): "Encode and decode the JSON format.",
        ("library/json.html", "module-json.tool"): "A command line to validate JSON.",
        ("library/crypt.html", "module-crypt"): "Check Unix passwords.",
    }


def write_inventory(file: Path) -> Path:
    """Write an inventory with objects that share a place, and one whose address is cut short."""
    made = sphobjinv.Inventory()
    made.project, made.version = "Small & Co", "1.2"
    for name, domain, role, uri in (
        ("json.dump", "py", "function", "json.html#$"),
        ("json", "py", "module", "json.html#module-json"),
        ("json", "std", "label", "json.html#module-json"),
        ("intro", "std", "doc", "intro.html"),
    ):
        made.objects.append(
            sphobjinv.DataObjStr(name=name, domain=domain, role=role, priority="1", uri=uri, dispname="-")
        )
    file.write_bytes(sphobjinv.compress(made.data_file()))
    return file


def test_an_inventory_gives_objects_by_place(tmp_path: Path) -> None:
    inventory = read_inventory(write_inventory(tmp_path / "objects.inv"))

    assert (inventory.project, inventory.version) == ("Small & Co", "1.2")
    assert inventory.places == {
        "json.html": {
            "json.dump": (Named("py", "function", "json.dump"),),
            "module-json": (Named("py", "module", "json"), Named("std", "label", "json")),
        },
        "intro.html": {"": (Named("std", "doc", "intro"),)},
    }


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:20],
        lambda raw: raw.replace(b"version 2", b"version 1"),
        lambda raw: raw[:110] + b"\0" * 20 + raw[130:],
        lambda _raw: b"",
    ],
)
def test_a_damaged_inventory_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    file = write_inventory(tmp_path / "objects.inv")
    file.write_bytes(spoil(file.read_bytes()))

    with pytest.raises(InventoryError) as caught:
        read_inventory(file)

    assert str(caught.value).startswith(f"{file}: objects.inv is damaged")
