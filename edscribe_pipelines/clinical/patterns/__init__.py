"""Many patterns over one text at the price of the few that can match.

What belongs here knows nothing of medicine: what a pattern demands of a text, and where it is worth trying.
Trying one in vain is slow; leaving one out that would have matched is wrong.
"""
