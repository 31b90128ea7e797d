"""Encounters in, encounters without protected health information out.

What enters: PHI-zone rows with raw notes, identifiers and arrival times. What leaves: the same rows without
them, each with the verdict of a gate, and nothing else leaves the PHI zone. The removal follows HIPAA Safe
Harbor, 45 CFR 164.514(b)(2): eighteen categories of identifiers.

For what was removed stands an invented value, so that a missed one hides among them; later gates look past the
invented values of a row and past nothing else. The gate here looks at tags, before anything is invented.

Which error is worse: a missed name is worse than a lost word. Where a word may be a name and nothing clinical
stands beside it, it goes.

What may be said of a text that left: zero detections by the gate and zero surviving canaries. Nobody removes
all PHI, so nobody here says so.
"""
