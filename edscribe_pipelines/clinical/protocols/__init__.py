"""Which treatment protocols a note is about, and what it shows of their steps: done, in which order, how fast.

What belongs here reads words and times; what a drug's dose may be belongs to `medications/`. Warning of a step that
the note does hold, or of a protocol that it only ruled out, is worse than missing an absent step: nothing here is
ever critical, because a step missing from the note is not necessarily missing from the care.
"""
