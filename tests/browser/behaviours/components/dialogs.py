"""Dialogs that the browser opens and closes, and those that the server does."""

from hyper import live


@live
def dialogs(begins_open: bool = False):
    log: list[str] = []
    is_open = begins_open

    def note(what: str):
        log.append(what)

    def save(text: str = ""):
        log.append(f"saved {text}")

    def turn():
        nonlocal is_open
        is_open = not is_open

    t"""
    <button id="opener" @click="$show_modal('#outer')">Open</button>
    <button id="turn" @click="turn">Turn</button>
    <dialog id="outer" @close="note('close outer')" @cancel="note('cancel outer')">
        <form id="plain" method="dialog"><button id="yes" value="yes">Yes</button></form>
        <form id="named" method="dialog"><input name="method"><button id="named-yes" value="named">Yes</button></form>
        <form id="sent" method="dialog" @submit="save"><input name="text" value="t"><button id="both" value="both">Both</button></form>
        <form id="kept" method="dialog" @submit.prevent="save('kept')"><button id="stay" value="stay">Stay</button></form>
        <form id="mixed" @submit="save"><input name="method"><input name="text" required>
            <button id="cancel" formmethod="dialog" formnovalidate value="cancelled">Cancel</button></form>
        <button id="nested" @click="$show_modal('#inner')">More</button>
        <button id="close" @click="$close; note('closing')">Close</button>
    </dialog>
    <dialog id="inner" @cancel.prevent="note('cancel inner')"><button id="shut" @click="$close">Shut</button></dialog>
    <dialog id="told" open="{is_open}" @close="note('close told')"><button id="away" @click="$close">Away</button></dialog>
    <button popovertarget="tip" id="tipper">Tip</button><p id="tip" popover @toggle="note(event.newState)">Tip</p>
    <output>{" ".join(log)}</output>
    """
