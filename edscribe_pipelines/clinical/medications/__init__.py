"""Drugs in a note: what is named, what was given, how much, by which route, and against which allergy.

`mentions.py` reads doses, `doses.py` holds them to limits, `allergies.py` to what the patient cannot have. A home
medication taken for an order is worse than an unread dose in an unusual phrase.
"""
