"""The gate: where check-ins come in, and the page that phones open. A process of its own, without Django."""
