"""What an emergency department knows, without any pipeline: records, prompts and the rules on a note.

`guardrails.check_note` applies all rules; `reading/` is what they see of a note, `tables/` are the rules themselves,
`register/` shows them to those who answer for them, `stated/` makes facts of a physician's note. This room imports
no other one, and reads no clock and no environment.
"""
