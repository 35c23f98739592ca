"""What is beside the root element of an lxml document: doctype, comments, processing instructions.

lxml has no list of them. Comments and instructions are siblings of the root element, the doctype is data of the
document, and it is always taken to be the first.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lxml import etree as untyped_etree

from ..vdom.node import Doctype
from ..vdom.xml import doctype_data
from .lxml_names import LxmlChange, LxmlItem

etree: Any = untyped_etree

_SUBSET: Final = re.compile(r"<!DOCTYPE[^\[>]*(\[.*?\])\s*>\s*<(?![!?]\w)", re.DOTALL)
_ID: Final = r"""(?:"(?P<{0}>[^"]*)"|'(?P<{0}_>[^']*)')"""
_DOCTYPE: Final = re.compile(
    rf"(?P<name>\S+)(?:\s+PUBLIC\s+{_ID.format('public')}(?:\s+{_ID.format('system')})?"
    rf"|\s+SYSTEM\s+{_ID.format('only')})?\s*"
)


def document_items(document: LxmlItem) -> list[LxmlItem]:
    """The children of a document: a ``Doctype`` for its doctype, else what lxml has."""
    root = document.getroot()
    if root is None:
        raise ValueError("the document has no root element")
    if root.getparent() is not None:
        return [root]  # an ElementTree that was made of a part of another
    before = list(root.itersiblings(preceding=True))[::-1]
    return [*_doctype(document), *before, root, *root.itersiblings()]


def _doctype(document: LxmlItem) -> list[Doctype]:
    info = document.docinfo
    if not info.doctype:
        return []
    dtd = (
        info.internalDTD
    )  # its name is the one that is written, that of ``info`` the one of the root element
    data = doctype_data((dtd.name or "") if dtd is not None else "", info.public_id, info.system_url)
    return [Doctype(data + _declarations(document, dtd))]


def _declarations(document: LxmlItem, dtd: LxmlItem) -> str:
    """What a doctype declares by itself, as `` [...]``. Cost where it does: the document, which has to be printed."""
    if dtd is None or not (any(dtd.iterentities()) or any(dtd.iterelements())):
        return ""
    found = _SUBSET.search(etree.tostring(document, encoding="unicode"))
    return f" {found[1]}" if found else " []"


def change_document(document: LxmlItem, wanted: list[LxmlItem]) -> LxmlChange:
    """The change that makes ``wanted`` the children of ``document``. Raises ``ValueError`` if lxml cannot do it."""
    root = document.getroot()
    now = [*root.itersiblings(preceding=True), *root.itersiblings()]
    if any(map(_is_element, now)):
        raise ValueError("what is beside two root elements, which a parser makes of what follows </html>")
    if [item for item in wanted if isinstance(item, str) or _is_element(item)] != [root]:
        raise ValueError("the root element of a document cannot be replaced: put the new one into its place")
    if root.getparent() is not None:
        raise ValueError("what is beside an element of another document")
    place = wanted.index(root)
    doctypes = [item for item in wanted if isinstance(item, Doctype)]
    if len(doctypes) > 1 or any(isinstance(item, Doctype) for item in wanted[1:]):
        raise ValueError("a doctype that is not the first of all")
    before, after = wanted[len(doctypes) : place], wanted[place + 1 :]
    change = _doctype_change(document, doctypes)

    def work() -> None:
        nobody = etree.Element("x")
        for item in now:
            nobody.append(item)  # this takes it out of the document
        change()
        for item in before:
            root.addprevious(item)
        for item in reversed(after):
            root.addnext(item)

    return work


def _is_element(item: LxmlItem) -> bool:
    return isinstance(item, etree._Element) and isinstance(item.tag, str)


def _doctype_change(document: LxmlItem, wanted: list[Doctype]) -> LxmlChange:
    info = document.docinfo
    old = _doctype(document)
    if old == wanted:
        return lambda: None
    if not wanted:
        return lambda: info.clear()
    parts = _DOCTYPE.fullmatch(wanted[0].data)
    if parts is None:
        raise ValueError(f"the doctype {wanted[0].data!r}: only a name and ids can be set")
    root = document.getroot()
    is_named_alike = bool(old) and old[0].data.split()[0] == parts["name"] and "[" not in old[0].data
    if not is_named_alike and parts["name"] != etree.QName(root).localname:
        raise ValueError(f"a doctype named {parts['name']!r}, which is not the name of the root element")
    public = _either(parts, "public")
    system = _either(parts, "system" if parts["only"] is None and parts["only_"] is None else "only")
    _set_ids(etree.ElementTree(etree.Element("x")).docinfo, public, system)

    def work() -> None:
        if not is_named_alike:
            info.clear()
        _set_ids(info, public, system)

    return work


def _either(parts: re.Match[str], name: str) -> str | None:
    found: str | None = parts[name] if parts[name] is not None else parts[f"{name}_"]
    return found


def _set_ids(info: LxmlItem, public: str | None, system: str | None) -> None:
    info.system_url = system
    info.public_id = public
