"""The rules as a register that a pharmacist or a physician can audit, and a site's own tables in their place.

A rule is a row of a table of `clinical/tables/` with an owner. A rule that has expired still holds, and says so:
one that silently lapses is worse than one that is overdue for review.
"""
