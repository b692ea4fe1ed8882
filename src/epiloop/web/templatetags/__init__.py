"""Template tags: parts of pages, and instants as people say them."""
