"""A note held against its source, statement by statement: supported, contradicted or unsupported.

Both are read by the same readers (`content`), each kind of statement in a module of its own, so that what is compared
was spelled alike. Against a source that holds everything, an invention that passes is worse than a draft refused;
against a record, a sound physician's note that is blocked is worse than a contradiction left to a physician.
"""
