"""The commands of `dailies`, a file for each group."""
