"""What stages made, on disk and without Dagster: the catalogue, the store of results, what results follow from.

Anybody may read results through here: a command, a desk, an API, a withdrawal.
"""
