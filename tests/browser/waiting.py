"""How long a test waits for what is bound to come: long enough for a machine that is busy with something else."""

WAIT_S = 60
