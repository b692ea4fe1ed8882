"""Sign-in, second factor, sessions and the management of accounts."""
