"""Put the pages of a docset together: contents, trails, counts of links, and the rows of the database."""

from builder.assemble.docset import Assembled, Book, Frame, assemble
from builder.assemble.rows import rows_of, rows_of_pages

__all__ = ["Assembled", "Book", "Frame", "assemble", "rows_of", "rows_of_pages"]
