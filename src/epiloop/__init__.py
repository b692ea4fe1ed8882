"""Epiloop: the command room of an epidemic headquarters."""
