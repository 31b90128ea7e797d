"""`edscribe deid`: notes as JSON Lines in and out, in batches over processes, resumable after a kill."""
