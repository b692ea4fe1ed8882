"""Requests between jurisdictions: made, sent, received, answered, closed; people handed over and taken over.

- `own`: this installation's keys and card, and its peers
- `asking`: make a request, receive one, answer it, close it
- `handing`: what is said of a person, and which facts go along
- `taking`: register or recognise who is asked about, take somebody over
- `letters`, `arriving`: messages out and in
- `posting`: what waits is sent; files to carry
"""
