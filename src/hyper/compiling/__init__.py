"""From the source of a function to the setup and the view of a component.

Done once, when ``live`` decorates it. Imports ``vdom``, ``hyper.errors``; knows no mounted component.
"""
