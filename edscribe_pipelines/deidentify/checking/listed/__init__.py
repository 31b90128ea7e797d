"""Whether released files still hold what a site's own list names.

To be read in this order: `identifiers` (the list), `spellings` (how a value may be written), `plain_text` and
`released_text` (a file as text that can be compared), `search` (all values in one pass), `report` (what is said).
What is said names files, lines and lines of the list, never a value and never text of a file.
"""
