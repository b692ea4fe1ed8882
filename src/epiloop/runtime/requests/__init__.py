"""From a parsed request to an act: what pages, API and command line call when somebody does something.

A request is the event body itself, parsed at the edge. Every function takes the parts, who asks (`By`) and the subject,
checks the right in the subject's jurisdiction, lets the capability decide, and performs the act once per key.

- `people`: `tell` whatever happened to one person (case, contact, follow-up, sample, arrival, stay...)
- `registering`: new people with their identity, duplicates, units with posts and shifts, places
- `identities`: search and reveal, through the vault and its log
- `duties`: take a duty
- `keeping_rules`: the reason of an adoption
- `importing`, `exporting`, `divisions`: files in and out
"""

from epiloop.runtime.requests.asking import By

__all__ = ["By"]
