"""The interface for programs: JSON over HTTP, described by OpenAPI 3.1, with the same acts and lists as the pages.

- `callers`: who asks (bearer token, or a page's session), and what they may read
- `problems`: errors as problem+json with stable codes, in the language asked for
- `shapes`: how rows and event bodies look as JSON; `edge` parses what comes in
- `telling`: one table of all that can be said of a person, each an address
- `people`, `cases`, `registers`, `work`, `rules`, `files`, `audit`: the lists, and what is more than one event

No address writes a status: it is computed (PRIVACY R1). Addresses hold ids, never personal data; who somebody is goes
in and out by body alone (R28).
"""
