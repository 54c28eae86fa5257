"""Parse Sphinx's HTML: pages into sections and symbols, the general index, the inventory.

Nothing here knows a docs tree by name: what is read is the markup that Sphinx 1.8 to 9 and its themes write.
"""

from builder.parse.genindex import parse_index
from builder.parse.inventory import Inventory, Named, read_inventory
from builder.parse.modindex import parse_modules
from builder.parse.page import parse_page

__all__ = ["Inventory", "Named", "parse_index", "parse_modules", "parse_page", "read_inventory"]
