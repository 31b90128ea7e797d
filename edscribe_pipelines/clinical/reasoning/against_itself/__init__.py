"""What a note tells two ways: a side, a number, a time, a finding, a medicine.

Both places get a finding that names the other. It is quiet where the note explains the difference. Reading order:
`told_twice` (a pair of places), then one file for each kind. Dispositions are in `reasoning/contradictions.py`,
allergies in `medications/allergies.py`.
"""
