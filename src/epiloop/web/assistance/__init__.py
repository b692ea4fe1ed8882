"""Requests to and from other jurisdictions, and the installations they are exchanged with."""
