"""Random worlds, rules, callers and operations against an oracle in plain Python: nothing leaks, nothing is lost."""
