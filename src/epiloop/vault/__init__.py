"""The port to keys and identity, and its in-memory twin. Nonces and randomness are arguments."""
