"""Compiles the source of a component function into its setup and its view, once, when ``live`` decorates it.

Imports ``vdom`` and ``hyper.errors``; knows no mounted component.
"""
