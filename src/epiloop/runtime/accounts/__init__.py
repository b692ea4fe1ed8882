"""Accounts: made, granted, signed in, locked, disabled - for pages, the API and the command line alike.

Every change leaves an AccountRecord in the same transaction.
"""
