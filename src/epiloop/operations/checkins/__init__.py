"""Check-ins: the signed codes at the doors of places, and what somebody says with them (came, left, is still here).

What is known of a place's codes stands in the place's own stream. A check-in is never an event: it pairs a person with
a place, so it is a value that is handed to the gate and sealed there (PRIVACY, "Sealing").
"""
