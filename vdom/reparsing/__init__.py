"""``parse_html(html, previous)``: only what changed is parsed, what did not is the same object.

Imports ``vdom``'s nodes and parsers; knows nothing of templates.
"""
