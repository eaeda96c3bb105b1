"""A library: its page, and its cards and words as data that the filters work on. Edge: writes files."""

from collections.abc import Sequence

from warehouse.case import Library
from warehouse.pages.cards import Card, shelf_json
from warehouse.pages.settings import PageSettings
from warehouse.pages.site import Site


def write_library(
    site: Site, library: Library, cards: Sequence[Card], settings: PageSettings
) -> tuple[str, str]:
    """Write a library's page and its data; return the paths of its cards and of the words to search.

    `cards` may hold other libraries' cards too; the order is that of the list. The page itself holds the
    first cards alone, so that it is readable without scripts and light with thousands.

    Raises:
        WarehouseError: a file cannot be written.
    """
    own = [card for card in cards if card.library_id == library.library_id]
    name = library.library_id
    shelf = site.data(f"{name}-cards", f"shelf_{name}", shelf_json(own))
    texts = site.data(f"{name}-texts", f"texts_{name}", [card.texts for card in own])
    values = {
        "library": library,
        "cards": own[: settings.static_cards],
        "card_count": len(own),
        "scripts": (shelf,),
        "texts": texts,
    }
    site.page(f"library/{name}.html", "library.html.j2", name, values)
    return shelf, texts
