"""Every place of a template in which a value can stand, filled with one payload."""

from hyper import error, live, push


class BrokenError(Exception):
    pass


def Card(title: str, children: object = ""):
    return t'<section title="{title}"><h2>{title}</h2>{children}</section>'


def Named(label: str):
    return t'<em data-label="{label}">{label}</em>'


@live
def nested(label: str = "x"):
    presses = 0

    def press(value: str):
        nonlocal presses
        presses += 1

    t'<b title="{label}" @click="press({label})">{label}{presses}</b>'


def everywhere(x: str, picked: list[str]):
    """One block with ``x`` in all of its places."""
    return t"""
    <div class="case">
        <p title="text">{x}</p>
        <p title="mixed">before {x} after {x}</p>
        <p title="between"><b>1</b>{x}<b>2</b></p>
        <p title="list">{[x, x]}</p>
        <p title="component"><{Named} label="{x}" /></p>
        <p title="double" lang="{x}">.</p>
        <p title="single" lang='{x}'>.</p>
        <p title="bare" lang={x}>.</p>
        <p title="part" lang="a {x} b">.</p>
        <p title="classes" class="{[x, "y"]}">.</p>
        <p title="class dict" class="{ {x: True} }">.</p>
        <p title="spread" { {"lang": x, "data-x": x} }>.</p>
        <p title="data" data-x="{x}" data-other="{x} y">.</p>
        <p title="aria" aria-label="{x}">.</p>
        <p title="hidden" hidden="{x}">.</p>
        <p title="identity" id="{x}" >.</p>
        <p title="key" key="{x}">.</p>
        <p title="hook" live-hook="{x}">.</p>
        <p title="style" style="color: {x}">.</p>
        <p title="styles" style="{x}">.</p>
        <p title="link"><a href="{x}">.</a><a href="/go?to={x}">.</a><a ping="{x}">.</a></p>
        <p title="scheme"><a href="java{x}">.</a><a href="{x}:alert(1)">.</a><a href="{x}{x}">.</a></p>
        <form title="form" action="{x}"><button formaction="{x}">.</button>
            <input title="input" name="{x}" value="{x}" placeholder="{x}" autocomplete="{x}">
            <select title="select"><option value="{x}">{x}</option></select>
            <textarea title="textarea">{x}</textarea><output>{x}</output></form>
        <pre title="pre">{x}</pre>
        <blockquote cite="{x}">.</blockquote>
        <svg viewBox="0 0 1 1" class="{x}"><title>{x}</title><desc>{x}</desc><text>{x}</text><a href="{x}"><text>.</text></a>
            <a xlink:href="{x}"><text>.</text></a><foreignObject><p>{x}</p></foreignObject></svg>
        <math><mtext>{x}</mtext><mi title="{x}">{x}</mi></math>
        <table><caption>{x}</caption><tbody><tr><td title="{x}">{x}</td></tr></tbody></table>
        <template><p title="{x}">{x}</p></template>
        <button title="event" @click="pick({x})" @keydown="pick({x}, {x})">.</button>
        <button title="quoted" @click='pick({x}, "b")'>.</button>
        <details><summary>{x}</summary></details><dl><dt>{x}</dt></dl><ruby>{x}<rt>{x}</rt></ruby>
        <{Card} title="{x}">{x}</{Card}>
        <p title="picked">{picked}</p>
    </div>
    """


@live
def page(x: str = "x", how: str = "values"):
    rows, picked, shown = [], [], True

    def put(value: str):
        nonlocal x
        x = value

    def insert(value: str):
        rows.append(value)

    def replace(value: str):
        nonlocal x, shown
        x, shown = value, not shown

    def tell(value: str):
        push("note", {"value": value, value or "empty": [value]})

    def fail(value: str):
        raise BrokenError(value)

    def pick(value: str, other: str = ""):
        picked.append(value)

    def hidden():
        picked.append("hidden was called")

    block = t'{everywhere(x, picked)}<{nested} label="{x}" />'
    t'''
    <main @x="put(value)" @y="insert(value)" @z="replace(value)" @v="tell" @w="fail">
        {t"<article>{block}</article>" if shown else t"<aside>{block}</aside>"}
        <ul>{[t'<li key="{row}" title="{row}">{row}</li>' for row in rows]}</ul>
    </main>
    '''


@live(fallback="htmx")
def posted(x: str = "x"):
    text = ""

    def check(text_now: str, number: int):
        nonlocal text
        text = text_now

    def pick(value: str, other: str = ""):
        pass

    t"""
    <form @submit="check(text_now, number)">
        <input name="text_now" value="{text}"><input name="number"><em>{error("number")}</em>
        <select name="choice"><option value="{x}">{x}</option></select><textarea name="more">{text}</textarea><button>Check</button>
    </form>
    <article>{everywhere(x, [])}</article>
    """
