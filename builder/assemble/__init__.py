"""Put the pages of a docset together: contents, trails, counts of links, and the rows of the database."""

from builder.assemble.docset import Assembled, Book, assemble
from builder.assemble.rows import rows_of

__all__ = ["Assembled", "Book", "assemble", "rows_of"]
