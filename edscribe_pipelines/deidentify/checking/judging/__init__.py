"""A model that only judges: whether a text that is about to leave still holds an identifier.

It shares nothing with the remover: no list, no pattern, no token. It reads letters and neighbours, was trained on other
notes, and sees lines joined and numbers whole, however they are divided.
"""
