"""Checking in by phone: the page behind the code at a door, and where it sends what was said.

No account, no cookie, no address that says where somebody is: the code stands behind the `#`, all else goes by POST.
These addresses are not among those of the product until check-ins can be sealed.
"""
