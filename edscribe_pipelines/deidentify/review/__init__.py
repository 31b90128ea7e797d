"""Notes that the gate withholds in doubt, and what a person says of them. Everything here stays in the PHI zone."""
