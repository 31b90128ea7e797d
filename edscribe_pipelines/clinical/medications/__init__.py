"""Drugs in a note: what is named, what was given, how much, by which route, and against which allergy.

"Why is this dose critical?" is answered by, in this order: `doses.py`, which makes every finding and citation;
`excess.py`, which limit governs; `limits.py`, the rows; `indications.py`, the reasons that the note gives; `routes.py`;
and for a total `course.py`.

How a dose was read: `mentions.py` asks `amounts.py` (figures) and `worded_amounts.py` (letters, packs, what cannot be
read), `pairing.py` which drug an amount belongs to, `dose_grammar.py` how often, and `contexts.py` what became of it.

A home medication taken for an order is worse than an unread dose in an unusual phrase.
"""
