// Lists and pictures work without this: arrow keys, drag and drop, progress and the live board are what it adds.
"use strict";

document.addEventListener("keydown", event => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea")) return;
  const rel = { ArrowLeft: "prev", ArrowRight: "next", Escape: "up" }[event.key];
  const link = rel && document.querySelector(`a[rel=${rel}]`);
  if (link) {
    event.preventDefault();
    link.click();
  }
});

// Where a picture cannot be shown, its kind is.
const unseen = image => {
  const name = image.closest(".tile")?.querySelector(".name");
  if (!name) return;
  const ending = document.createElement("span");
  ending.className = "ending";
  ending.textContent = name.textContent.split(".").pop();
  image.replaceWith(ending);
};
document.addEventListener("error", event => { if (event.target.tagName === "IMG") unseen(event.target); }, true);
for (const image of document.querySelectorAll(".frame img")) if (image.complete && image.currentSrc && !image.naturalWidth) unseen(image);

const token = document.body.querySelector("[data-token]")?.dataset.token;
// Who sends it, as the sender wants to be called; this browser keeps it, where it keeps anything.
const named = document.querySelector("input.from");
const kept = what => {
  try {
    return what(localStorage);
  } catch {
    return null;
  }
};
if (named) {
  named.value ||= kept(storage => storage.getItem("from")) ?? "";
  named.addEventListener("change", () => kept(storage => storage.setItem("from", named.value.trim())));
}
const from = () => encodeURIComponent((named ? named.value : kept(storage => storage.getItem("from")) ?? "").trim());

// One file after the other, each as it is, so that none is held in memory.
const upload = document.querySelector(".upload");
if (upload) {
  const list = upload.querySelector(".sending");
  const form = upload.querySelector("form");
  const input = form.querySelector("input[type=file]");
  const waiting = [];
  let busy = false;
  let saved = false;
  // What was saved may be one of the files of this page. Nothing that is being typed is lost.
  const refresh = async () => {
    saved = false;
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of [".counts", ".listing"]) {
      const fresh = page.querySelector(part);
      if (fresh) document.querySelector(part)?.replaceWith(fresh);
    }
  };
  const next = () => {
    const job = waiting.shift();
    busy = Boolean(job);
    if (!job) {
      if (saved) refresh();
      return;
    }
    const request = new XMLHttpRequest();
    request.upload.onprogress = event => { job.bar.value = event.total ? event.loaded / event.total : 0; };
    request.onloadend = () => {
      const good = request.status === 201;
      saved ||= good;
      job.note.className = good ? "good" : "bad";
      job.note.textContent = good ? upload.dataset.saved : `${upload.dataset.failed} ${request.status || ""}`;
      job.bar.remove();
      next();
    };
    request.open("POST", `${form.action.split("?")[0]}?name=${encodeURIComponent(job.file.name)}&from=${from()}`);
    request.setRequestHeader("X-Socketlab-Token", token);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(job.file);
  };
  const add = files => {
    for (const file of files) {
      const row = document.createElement("li");
      const name = document.createElement("span");
      const note = document.createElement("span");
      const bar = document.createElement("progress");
      name.textContent = file.name;
      bar.value = 0;
      row.append(name, note, bar);
      list.append(row);
      waiting.push({ file, note, bar });
    }
    if (!busy) next();
  };
  // Whoever has chosen means it, so all that the button is left to do is to let choose.
  form.noValidate = true;
  form.addEventListener("submit", event => { event.preventDefault(); input.click(); });
  input.addEventListener("change", () => { add(input.files); form.reset(); });
  addEventListener("dragover", event => { event.preventDefault(); upload.classList.add("over"); });
  addEventListener("dragleave", event => { if (!event.relatedTarget) upload.classList.remove("over"); });
  addEventListener("drop", event => {
    event.preventDefault();
    upload.classList.remove("over");
    add(event.dataTransfer.files);
  });
}

const board = document.querySelector(".said");
if (board) {
  const form = document.querySelector(".write");
  const text = form.querySelector("textarea");
  const picture = form.querySelector("input[type=file]");
  const state = form.querySelector(".state");
  const shown = new Set([...board.children].map(row => row.id));
  const show = message => {
    const id = `m${message.id}`;
    if (shown.has(id)) return;
    shown.add(id);
    const row = document.createElement("li");
    row.id = id;
    if (message.host) row.className = "host";
    const who = document.createElement("small");
    who.textContent = `${message.from} · ${new Date(message.at).toTimeString().slice(0, 8)}`;
    row.append(who);
    if (message.picture) {
      const image = document.createElement("img");
      image.src = message.picture;
      image.alt = "";
      image.addEventListener("load", () => row.scrollIntoView({ block: "nearest" }));
      row.append(image);
    } else {
      const words = document.createElement("p");
      words.textContent = message.text;
      row.append(words);
    }
    board.append(row);
    row.scrollIntoView({ block: "nearest" });
  };
  const events = new EventSource(board.dataset.events);
  events.onmessage = event => { show(JSON.parse(event.data)); };
  // Another listener is at this address by now, with a board and a token of its own. Nothing that is being typed is lost.
  events.addEventListener("restarted", () => {
    events.close();
    try {
      sessionStorage.setItem("draft", text.value);
    } catch {}
    location.reload();
  });
  events.onopen = () => { state.textContent = ""; };
  events.onerror = () => { state.textContent = board.dataset.lost; };
  try {
    text.value ||= sessionStorage.getItem("draft") ?? "";
    sessionStorage.removeItem("draft");
  } catch {}
  const post = async (type, body) => {
    const headers = { "X-Socketlab-Token": token, "Content-Type": type };
    try {
      const answer = await fetch(`${form.action}&from=${from()}`, { method: "POST", headers, body });
      state.textContent = answer.ok ? "" : `${board.dataset.refused} ${answer.status}`;
      return answer.ok;
    } catch {
      state.textContent = board.dataset.lost;
      return false;
    }
  };
  form.addEventListener("submit", async event => {
    event.preventDefault();
    const words = text.value;
    if (words && await post("text/plain; charset=utf-8", words) && text.value === words) text.value = "";
  });
  text.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  const pictures = files => {
    for (const file of files) if (file.type.startsWith("image/")) post(file.type, file);
  };
  picture.addEventListener("change", () => { pictures(picture.files); picture.value = ""; });
  addEventListener("paste", event => pictures(event.clipboardData.files));
  if (!upload) {
    addEventListener("dragover", event => event.preventDefault());
    addEventListener("drop", event => { event.preventDefault(); pictures(event.dataTransfer.files); });
  }
}
