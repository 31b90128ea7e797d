"""What one line of a text holds: the clinical recognizer. One line's way, in reading order:

| file | what happens there |
|---|---|
| `lines.py` | a text becomes lines, with dashes and blanks as a keyboard has them |
| `reader.py` | each line is read once, by all that follows |
| `remembered_lines.py` | what was found on a line that was read before |
| `names.py` | names by elimination: words that are neither English, medical nor clinical phrase |
| `traits.py`, `beside.py` | what a word looks like by itself, and beside a name |
| `joined.py` | what belongs to a name found: initials, particles, the words of a place |
| `rooms.py` | rooms that only the name beside them explains |
| `language_model.py` | spaCy's model, asked about lines that the rules leave open |
"""
