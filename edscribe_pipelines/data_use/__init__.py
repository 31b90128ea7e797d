"""Who may see a row and where it may go. Whatever sends rows out of this process asks here first (`wall`)."""
