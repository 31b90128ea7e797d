"""Where PHI stands in a text.

What enters: a text, and the values that its record names. What leaves: spans. One record's way, in reading order:

| file | what happens there |
|---|---|
| `unseen.py` | a text with characters that nobody sees is read without them, and with a blank for each |
| `engine.py` | Presidio's analyzer asks the recognizers: `known/`, `by_line/`, `learned/`, and those of a site |
| `known/` | values that the record names, in the ways a note may write them |
| `by_line/` | rules, names by elimination and the language model, line by line; its page goes on |
| `rules.py` | the rules of `tables/phi_rules.csv`, and how far each is trusted |
| `validated.py` | IBANs, addresses of networks and names of hosts, which libraries tell from their look-alikes |
| `word_pattern.py`, `ascii_pattern.py` | how their patterns are made quick |
| `time_limit.py` | how long a pattern may take; a text that takes longer is withheld |
| `person.py` | where a name ends among the words that a rule took |
| `numbers.py` | long numbers that no unit and no laboratory value explains |
| `words.py`, `vocabulary.py`, `gazetteer.py` | words, those that are no names, and names and cities that a list knows |
| `standing.py` | what stands beside a word and goes with a person alone |
| `protected.py`, `scales.py` | eponyms, brands and scores out of ten, to which a weak find gives way |
| `learned/` | a model that reads beside the rules, and what happens where the two disagree |
| `propagation.py` | what finds say of the rest of their note |
| `spans.py` | finds become spans, sorted and apart |
"""
