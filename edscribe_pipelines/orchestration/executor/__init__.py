"""Where the steps of a run are run: those that need an accelerator at their placement, all others here.

A step says what it needs with the tag `edscribe/accelerator`; a YAML file says where that is (`placements.py`).
To run a step in the wrong place is worse than not to run it: what is missing fails the run before it starts.
Built on Dagster's StepDelegatingExecutor, which is not public API: the contract tests hold it to what is used.
"""
