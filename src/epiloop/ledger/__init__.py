"""What an event and an act are; streams, versions and chains; the port and its in-memory twin.

The ledger is the truth: events are appended and never changed. Everything pages read is a projection of it.
"""
