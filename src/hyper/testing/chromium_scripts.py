"""Scripts that test pages run in the real browser."""

from __future__ import annotations

from typing import Final

LINE: Final = """(() => {
    const line = window.hyperLine = {
        isDown: false, isSlow: false, held: [], sent: 0, answered: 0, sockets: new Set(), told: [],
    };
    addEventListener("live:error", ({ detail }) => line.told.push(detail));
    const { showModal } = HTMLDialogElement.prototype;
    let modals = 0;  // the last that was opened is in front
    HTMLDialogElement.prototype.showModal = function () {
        const isModal = this.matches(":modal");
        showModal.call(this);
        if (!isModal) this.hyperModal = ++modals;
    };
    window.WebSocket = class extends WebSocket {
        constructor(url) {
            super(line.isDown ? new URL("/nowhere", url) : url);
            line.sockets.add(this);
            this.addEventListener("close", () => line.sockets.delete(this));
        }
        send(data) {
            const { type, seq } = JSON.parse(data);
            if (type === "event") line.sent = Math.max(line.sent, seq);
            super.send(data);
        }
        set onmessage(react) {
            super.onmessage = react && ((event) => {
                const messages = [].concat(JSON.parse(event.data));
                line.answered = Math.max(line.answered, ...messages.map(({ seq }) => seq || 0));
                if (line.isSlow) line.held.push(() => react(event));
                else react(event);
            });
        }
    };
    line.catchUp = () => {
        line.isSlow = false;
        for (const arrive of line.held.splice(0)) arrive();
    };
    line.cut = () => {
        line.isDown = true;
        for (const socket of line.sockets) socket.close();
    };
    line.restore = () => {
        line.isDown = false;
        const timer = setInterval(() => {
            if (document.querySelector(".live-connected")) clearInterval(timer);
            else dispatchEvent(new Event("online"));
        }, 50);
    };
})()"""
"""The connection of page and server, which tests make slow, cut and restore. Runs before everything else."""
READ: Final = """async (html) => {
    const root = document.querySelector("[data-live-token]");
    // that a dialog was closed is told with the next picture, and it may be about to be closed
    const pictures = root.querySelector("dialog") ? 2 : 0;
    const picture = (done) => [requestAnimationFrame(done), setTimeout(done, 5000)];
    for (let at = 0; at < pictures; at++) await new Promise(picture);
    const { isDown, isSlow, sent, answered } = hyperLine;
    // what waits for a file of the client is done when that is there
    const { need } = await import(document.querySelector("script[src*='/_live/runtime-']").src);
    await Promise.all([need("forms"), need("modifiers")]);
    if (document.activeElement.matches("input, textarea, select") || root.querySelector("select")) await need("editing");
    const hasActions = [...root.querySelectorAll("*")].some((element) =>
        element.getAttributeNames().some((name) => name[0] === "@" && element.getAttribute(name)[0] === "$"));
    const isLoaded = performance.getEntriesByType("resource").some(({ name }) => name.includes("/extras.js"));
    // this file is loaded when it is first needed, and then does what it was needed for: wait for that
    const { kept } = hasActions || isLoaded ? await import("/_live/extras.js") : { kept: [] };
    const isRested = isDown ? root.classList.contains("live-disconnected")
        : isSlow ? answered >= sent
        : !root.querySelector(".live-loading") && root.classList.contains("live-connected");
    if (!isRested) return null;
    const forget = (element, names) => {  // what an action has set, and the server does not know
        for (const name of element ? names : []) {
            if (name[0] === ".") element.classList.remove(name.slice(1));
            else element.removeAttribute(name);
        }
    };
    const [compared, wanted] = [root.cloneNode(true), root.cloneNode(false)];
    wanted.innerHTML = html;
    const elements = [...root.querySelectorAll("*")];
    for (const [element, names] of kept) {
        const at = elements.indexOf(element);
        for (const tree of [compared, wanted]) forget(tree.querySelectorAll("*")[at], [...names.keys()]);
    }
    const debounced = elements.flatMap((element) => element.getAttributeNames())
        .filter((name) => name[0] === "@" && name.includes(".debounce"));
    const shown = root.cloneNode(true);
    for (const element of shown.querySelectorAll("[class='']")) element.removeAttribute("class");
    for (const tree of [compared, wanted]) {
        // whether a dialog is open is up to its user, too
        for (const dialog of tree.querySelectorAll("dialog")) dialog.removeAttribute("open");
        for (const element of tree.querySelectorAll("[style]")) element.style.cssText = element.style.cssText;
        for (const element of tree.querySelectorAll("[class='']")) element.removeAttribute("class");
    }
    return {
        html: shown.innerHTML,
        wanted: isDown || isSlow || compared.isEqualNode(wanted) ? null : wanted.innerHTML,
        states: elements.map(({ value, checked, selected }) => [value, checked, selected]),
        layers: elements.map((element) =>
            element.matches(":modal") ? element.hyperModal : element.matches(":popover-open") ? 0 : null),
        focus: elements.indexOf(document.activeElement),
        told: hyperLine.told,
        debounced,
    };
}"""
CHANGE: Final = """(element) => {  // fire it now, as if the field was left, and not again when it is
    // of what is set as a whole it was fired already
    if (/^(range|color|date|datetime-local|month|week|time)$/.test(element.type)) return;
    const swallow = (event) => {
        if (event.target !== element || !event.isTrusted) return;
        event.stopImmediatePropagation();
        removeEventListener("change", swallow, true);
    };
    element.dispatchEvent(new Event("change", { bubbles: true }));
    addEventListener("change", swallow, true);
}"""
ENTER: Final = """(element) => {  // a user who enters a field finds the caret at its end
    if (document.activeElement === element) return;
    element.focus();
    if (element.selectionStart != null) element.setSelectionRange(element.value.length, element.value.length);
}"""
SUBMIT: Final = """(form) => {  // as Enter in a field does, if this is a form
    if (form.tagName !== "FORM") return false;
    const button = [...form.elements].find(({ type }) => type === "submit");
    button ? button.click() : form.requestSubmit();
    return true;
}"""
FIRE: Final = """(element, [kind, init]) =>
    element.dispatchEvent(new CustomEvent(kind, { bubbles: true, cancelable: true, ...init }))"""
ELEMENT: Final = """(number) => {
    const root = document.querySelector("[data-live-token]");
    return number ? root.querySelectorAll("*")[number - 1] : root;
}"""
