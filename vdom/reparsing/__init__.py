"""``parse_html(html, previous)``: only what changed is parsed, everything else is shared with the previous tree.

Imports ``vdom``'s nodes and parsers; knows nothing of templates.
"""
