"""Who met a case: asked for, approved by another person, found by the key service, confirmed by the investigator.

`windows` says when a case exposed others and by which clause; `asking` makes the text that is signed and hands it in;
`deciding` is the other person's part; `answers` carries the search out; `confirming` makes contacts of those who were
found; `histories` opens where one person was, approved first; `emergencies` is breaking the glass and its review, and
`lost` notes those that only the key service knows; `desk` what of it the key service does. Nobody who was met stands in
an event or a table: an answer is shown and forgotten.
"""

ASK, APPROVE = "trace.request", "trace.approve"
"""The rights: to ask, search and confirm; and to approve what others ask."""
PURPOSE = "case-investigation"
