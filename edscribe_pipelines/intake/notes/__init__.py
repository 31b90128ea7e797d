"""Physicians' own notes: from the files of a batch to encounters with the facts that the notes state."""
