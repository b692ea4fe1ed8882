"""The gate: where phones and gateways check in. A process and a port of its own, and no cookies.

The page behind the code at a door, what it asks, and where it sends what was said. The code stands behind the `#` of
the address, which browsers send to nobody; all else goes by POST. What is taken is sealed at once and durable before it
is answered; nothing of it is logged, and nothing of it stays in memory but numbers.
"""
