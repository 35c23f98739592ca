"""Templates: parsed once, filled with values at every render.

Imports ``vdom``'s nodes, parsers and escaping; knows nothing of components.
"""
