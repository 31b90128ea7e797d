"""The gate, the canaries and what may be claimed: kept apart from the remover, in code and in lists."""
