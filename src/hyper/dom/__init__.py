"""A page's HTML as elements that can change: the state of its form controls, and the calls of its ``@event`` attributes.

Forms posted without the client and the simulated browser read pages with it. Imports ``vdom`` only.
"""
