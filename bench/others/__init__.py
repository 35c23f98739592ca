"""Other libraries' pages of the same table, each run in an environment of its own. Nothing here imports ours."""
