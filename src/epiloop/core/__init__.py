"""Values without input or output: instants, intervals, jurisdictions and their codes, ids, errors.

Everything above may import this package; it imports nothing of Epiloop.
"""
