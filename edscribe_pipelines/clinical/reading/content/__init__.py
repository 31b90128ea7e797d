"""The sections of a note whose layout does not tell them: its pieces, what can be seen in each, and a model of both.

Read in this order: `segments` cuts a note, `sights` says what is seen in a segment, `model` names the section of each,
`spans` makes sections of them. Taking one section's words for another's is worse than leaving a section unread:
orders become home medicines.
"""
