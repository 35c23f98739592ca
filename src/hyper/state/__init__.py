"""Values that all connections share, in one process and across processes.

What a component reads is noted through ``hyper.context``; of components themselves nothing is known here.
"""
