"""Ways to services outside this process: the key service."""
