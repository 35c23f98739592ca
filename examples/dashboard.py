"""A dashboard that moves: charts drawn as SVG on the server, one point a second."""

import random
from collections import deque

from hyper import every, live

POINTS = 60
WIDTH, HEIGHT = 600, 180
SHOPS = ["Berlin", "Lagos", "Lima", "Osaka", "Oslo"]


def area(values: deque[float], top: float) -> str:
    """The outline of what is below the values; only their line is inside the picture."""
    heights = [round(HEIGHT - value / top * HEIGHT) for value in values]
    line = [f"{round(at * WIDTH / (POINTS - 1))} {height}" for at, height in enumerate(heights)]
    return f"M-9 {HEIGHT + 9}V{heights[0]}L{'L'.join(line)}H{WIDTH + 9}V{HEIGHT + 9}Z"


def Chart(title: str, unit: str, values: deque[float], top: float):
    return t"""
    <figure class="chart">
        <figcaption>{title} <b>{values[-1]:.0f}</b> {unit}</figcaption>
        <svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{title} over a minute">
            {[t'<line x1="0" x2="{WIDTH}" y1="{HEIGHT * n // 4}" y2="{HEIGHT * n // 4}" />' for n in (1, 2, 3)]}
            <path d="{area(values, top)}" />
        </svg>
    </figure>
    """


def Figure(label: str, value: str, change: float):
    return t"""
    <div class="figure">
        <dt>{label}</dt>
        <dd>{value} <span class="{"up" if change >= 0 else "down"}">{change:+.1%}</span></dd>
    </div>
    """


@live
def dashboard(seed: int | None = None):
    chance = random.Random(seed)
    visits = deque([400.0], POINTS)
    answers = deque([80.0], POINTS)
    orders = {shop: chance.randrange(20, 60) for shop in SHOPS}
    revenue = [41_000.0]
    paused = False

    def advance():
        """One second passes."""
        visits.append(min(980, max(60, visits[-1] + (550 - visits[-1]) / 15 + chance.gauss(0, 55))))
        answers.append(min(290, max(15, 40 + visits[-1] / 8 + chance.gauss(0, 14))))
        sold = chance.choices(SHOPS, k=chance.randrange(4))
        for shop in sold:
            orders[shop] += 1
        revenue.append(revenue[-1] + sum(chance.uniform(20, 180) for _ in sold))

    yesterday = revenue[-1], sum(orders.values())
    for _ in range(POINTS - 1):
        advance()

    @every(1)
    def tick():
        if not paused:
            advance()

    def toggle():
        nonlocal paused
        paused = not paused

    most = max(orders.values())
    sold = sum(orders.values())
    average = sum(visits) / len(visits)
    t"""
    <section class="dashboard" aria-labelledby="title">
        <header>
            <h1 id="title">Shops today</h1>
            <button aria-pressed="{paused}" @click="toggle">{"Go on" if paused else "Pause"}</button>
        </header>
        <dl>
            <{Figure} label="Revenue" value="{revenue[-1]:,.0f} €" change="{revenue[-1] / yesterday[0] - 1}" />
            <{Figure} label="Orders" value="{sold}" change="{sold / yesterday[1] - 1}" />
            <{Figure} label="Visitors" value="{visits[-1]:.0f}" change="{visits[-1] / average - 1}" />
        </dl>
        <div class="charts">
            <{Chart} title="Visitors" unit="now" values="{visits}" top="{1000}" />
            <{Chart} title="Response time" unit="ms" values="{answers}" top="{300}" />
        </div>
        <table>
            <caption>Orders by shop</caption>
            <tbody>{[t'''
                <tr key="{shop}">
                    <th scope="row">{shop}</th>
                    <td><svg class="bar" aria-hidden="true"><rect width="{number / most * 100:.0f}%" height="100%" /></svg></td>
                    <td>{number}</td>
                </tr>''' for shop, number in sorted(orders.items(), key=lambda pair: -pair[1])]}</tbody>
        </table>
    </section>
    """
