"""The hello world of live components: a number, and a button that counts it up."""

from hyper import live

@live
def counter():
    count = 0

    def increment():
        nonlocal count
        count += 1

    t"""
    <div>
        <p>Count: {count}</p>
        <button @click="increment">+</button>
    </div>
    """
