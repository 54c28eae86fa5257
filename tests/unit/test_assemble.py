"""Putting pages together: contents, trails, counts of links, versions, synopses, and the rows of the database."""

from __future__ import annotations

from small_books import METHOD, book, page, pages, toc

from builder.assemble import rows_of
from builder.assemble.contents import order_pages
from builder.models import IndexEntry


def test_tables_in_the_content_make_the_contents() -> None:
    order = order_pages(
        pages(
            page("a/one.html", ""),
            page("a/index.html", toc((1, "two.html"), (1, "one.html"), (2, "one.html#part"))),
            page("a/two.html", ""),
            page(
                "index.html", toc((1, "a/index.html"), (2, "a/two.html"), (1, "z.html"), (1, "missing.html"))
            ),
            page("z.html", ""),
            page("alone.html", ""),
        )
    )

    assert order.root == "index.html"
    assert order.reading == ("index.html", "a/index.html", "a/two.html", "a/one.html", "z.html", "alone.html")
    assert dict(order.parents) == {
        "a/index.html": "", "a/two.html": "a/index.html", "a/one.html": "a/index.html", "z.html": "",
    }  # fmt: skip


def test_a_page_of_contents_other_than_the_first_may_be_the_root() -> None:
    order = order_pages(
        pages(
            page("index.html", "<p>Welcome</p>"),
            page("contents.html", toc((1, "a.html"), (1, "b.html"))),
            page("a.html", toc((1, "b.html"))),
            page("b.html", ""),
        )
    )

    assert order.root == "contents.html"
    assert order.reading[:3] == ("contents.html", "a.html", "b.html")


def test_pages_that_list_each_other_end_the_contents() -> None:
    order = order_pages(
        pages(
            page("index.html", toc((1, "a.html"))),
            page("a.html", toc((1, "b.html"), (1, "index.html"))),
            page("b.html", toc((1, "a.html"), (1, "b.html"))),
        )
    )

    assert order.reading == ("index.html", "a.html", "b.html")
    assert dict(order.parents) == {"a.html": "", "b.html": "a.html"}


def test_hidden_tables_are_read_from_the_sidebar() -> None:
    sidebar = toc((1, "guide.html"), (2, "deep.html"), (1, "other.html")).replace(
        "toctree-wrapper", "sidebar-tree"
    )

    order = order_pages(
        pages(
            page("index.html", "", before=sidebar),
            page("guide.html", "", before=sidebar),
            page("deep.html", "", before=sidebar),
            page("other.html", "", before=sidebar),
        )
    )

    assert order.reading == ("index.html", "guide.html", "deep.html", "other.html")
    assert order.parents["deep.html"] == "guide.html"


def test_without_any_table_the_chain_of_next_pages_is_the_order() -> None:
    order = order_pages(
        pages(
            page("index.html", "", after="m.html"),
            page("m.html", "", after="b.html"),
            page("b.html", "", after="index.html"),
            page("a.html", ""),
        )
    )

    assert order.reading == ("index.html", "m.html", "b.html", "a.html")
    assert dict(order.parents) == {"m.html": "", "b.html": ""}


def test_tables_that_nothing_leads_to_stand_on_the_first_level() -> None:
    order = order_pages(
        pages(
            page("index.html", "<p>Welcome</p>"),
            page("a/index.html", toc((1, "x.html"))),
            page("a/x.html", ""),
            page("b.html", toc((1, "c.html"))),
            page("c.html", ""),
            page("d.html", ""),
        )
    )

    assert order.root == "index.html"
    assert order.reading == ("index.html", "a/index.html", "a/x.html", "b.html", "c.html", "d.html")
    assert dict(order.parents) == {
        "a/index.html": "",
        "a/x.html": "a/index.html",
        "b.html": "",
        "c.html": "b.html",
    }


def test_a_tree_without_an_index_page_has_a_root_all_the_same() -> None:
    order = order_pages(pages(page("sub/a.html", ""), page("b.html", "")))

    assert order.root == "b.html"
    assert order.reading == ("b.html", "sub/a.html")


def test_an_entry_has_the_titles_above_it_and_its_versions() -> None:
    made = book(
        page("index.html", toc((1, "g.html"))), page("g.html", toc((1, "m.html"))), page("m.html", METHOD)
    )

    (method,) = [entry for entry in made.entries if entry.name == "m.A.b"]
    assert method.trail == "g.html › m.html › m.A"
    assert (method.added, method.changed, method.deprecated, method.removed) == ("3.2", "3.4", "", "")
    assert (method.role, method.level, method.title) == ("py:method", 0, "m.A.b")


def test_links_are_counted_where_they_lead() -> None:
    link = '<a class="reference internal" href="{}">x</a>'
    made = book(
        page(
            "index.html",
            f"<p>{link.format('m.html#m.A.b') * 2} {link.format('m.html')} {link.format('gone.html')}</p>",
        ),
        page("m.html", METHOD + f"<p>{link.format('#m.A.b')}{link.format('index.html#nothing')}</p>"),
    )

    inbound = {entry.title: entry.inbound for entry in made.entries}
    assert inbound == {"index.html": 0, "m.html": 1, "m.A": 0, "m.A.b": 3}


def test_synopses_of_modules_stand_for_their_summaries() -> None:
    text = '<section id="module-x"><h2>x</h2><p>Its text.</p></section>'

    made = book(page("a.html", text), module_x="What x is for.", module_y="Nothing.")

    assert [entry.summary for entry in made.entries if entry.kind == "module"] == ["What x is for."]


def test_ids_of_docsets_do_not_meet_and_follow_on_in_document_order() -> None:
    made = book(page("b.html", METHOD), page("a.html", ""))

    assert [(entry.id - (2 << 20), entry.title) for entry in made.entries] == [
        (0, "a.html"), (1, "b.html"), (2, "m.A"), (3, "m.A.b"),
    ]  # fmt: skip
    assert dict(made.frame.page_ids) == {"a.html": 2 << 20, "b.html": (2 << 20) + 1}


def test_lines_of_the_index_that_lead_nowhere_are_left_out() -> None:
    lines = (
        IndexEntry(term="b() (m.A method)", page="m.html", anchor="m.A.b", main=True),
        IndexEntry(term="gone", page="m.html", anchor="gone", main=False),
        IndexEntry(term="gone", page="gone.html", anchor="", main=False),
        IndexEntry(term="m", page="m.html", anchor="", main=False),
    )

    made = book(page("m.html", METHOD), index=lines)

    assert [(line.term, made.entries[entry - made.frame.base].title) for line, entry in made.index] == [
        ("b() (m.A method)", "m.A.b"), ("m", "m.html"),
    ]  # fmt: skip


def test_rows_name_what_stands_around_and_which_links_were_broken() -> None:
    link = '<a class="reference internal" href="{}">x</a>'
    broken = "".join(link.format(href) for href in ("gone.html", "m.html#gone", "_images/x.png"))
    made = book(page("index.html", toc((1, "m.html")) + f"<p>{broken}</p>"), page("m.html", METHOD))

    rows = rows_of(made, [0.5] * len(made.entries))

    index, m = 2 << 20, (2 << 20) + 1
    assert [(row[0], row[2], row[5]) for row in rows["pages"]] == [
        (index, "index.html", None),
        (m, "m.html", index),
    ]
    assert [(row[9], row[2], row[4]) for row in rows["symbols"]] == [("m.A", m, m), ("m.A.b", m, m + 1)]
    assert rows["broken_links"] == [(index, "gone.html"), (index, "m.html#gone")]
    assert rows["files"] == [(2, "_images/x.png", b"png")]
    assert [row[3:7] for row in rows["version_notes"]][-1] == ("deprecated", "3.9", "", 0)
