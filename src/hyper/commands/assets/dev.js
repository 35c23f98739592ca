/* The development server's side of every page: reload when the files changed, show what is broken.

   It has a socket of its own, so that pages without a component, and pages of broken components, reload too.
   While files are broken the page stays as it is, under a dialog that says what to mend. */

const RETRY_MS = 500;

let start = null; /* which run of the server this page came from */

function connect() {
  const url = new URL("ws", import.meta.url);
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url);
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = () => setTimeout(connect, RETRY_MS);
}

function receive(message) {
  if (message.type === "hello") {
    if (start !== null && start !== message.start) location.reload();
    start = message.start;
    if (message.files.includes(ownFile())) show(message.html);
  } else if (message.type === "reload" || showsProblems()) {
    location.reload();
  } else if (message.type === "problems") {
    show(message.html);
  }
}

/* The file of the component on this page; another file's problems do not stop one from working on it. */
function ownFile() {
  return document.querySelector("[data-dev-file]")?.dataset.devFile;
}

/* The gallery and the error page have the problems in the page itself. */
function showsProblems() {
  return document.querySelector("main.dev-gallery") !== null;
}

function show(html) {
  document.querySelector(".dev-overlay")?.remove();
  const dialog = document.createElement("dialog");
  dialog.className = "dev-overlay";
  dialog.setAttribute("aria-label", "The files could not be loaded");
  dialog.innerHTML = `<form method="dialog"><button>Close</button></form>${html}`;
  document.body.append(dialog);
  dialog.showModal();
}

connect();
