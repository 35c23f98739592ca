"""A page's HTML as elements that can change: what its form controls show, and what its ``@event`` attributes call.

Forms posted without the client and the simulated browser read pages with it. Imports ``vdom`` only.
"""
