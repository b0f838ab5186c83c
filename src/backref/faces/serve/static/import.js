// Sending files, looking at them before they are stored, starting and watching the import.

const find = (selector) => document.querySelector(selector);
const drop = find("[data-drop]");
const API = "/api/v1";

async function asked(address, options) {
  const answer = await fetch(address, options);
  const body = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(body.detail ?? `The server answered ${answer.status}.`);
  return body;
}

const refuse = (error) => { find("[data-refused]").textContent = error.message; };
const about = () => find("#about")?.value ?? "";
const query = (values) => new URLSearchParams(Object.entries(values).filter(([, value]) => value));

// A request that tells how much of a file is sent; fetch cannot.
function send(file) {
  const line = document.createElement("p");
  const bar = document.createElement("progress");
  bar.max = file.size || 1;
  bar.setAttribute("aria-label", `Sending ${file.name}`);
  line.append(file.name, bar);
  find("[data-sending]").append(line);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${API}/uploads?${query({ name: file.name })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => { bar.value = event.loaded; };
    request.onload = () => {
      let body = {};
      try { body = JSON.parse(request.responseText); } catch { /* told below */ }
      if (request.status === 201) resolve(body);
      else reject(new Error(body.detail ?? `The server answered ${request.status}.`));
    };
    request.onerror = () => reject(new Error("The file could not be sent: is the server still there?"));
    request.send(file);
  }).finally(() => line.remove());
}

async function take(files) {
  find("[data-refused]").textContent = "";
  for (const file of files) {
    try {
      const sent = await send(file);
      const shown = `#preview-${CSS.escape(sent.id)}`;
      await htmx.ajax("GET", `/import/preview?${query({ upload: sent.id, site: about() })}`, {
        target: "#previews", select: shown, swap: "beforeend",
      });
      if (!find(shown)) throw new Error(`${file.name} was sent, but the server could not show what it holds: send it again.`);
    } catch (error) { refuse(error); }
  }
  ready();
}

const waiting = () => [...document.querySelectorAll("[data-upload]:not([data-unreadable])")];

function ready() {
  const count = waiting().length;
  find("[data-start]").hidden = count === 0;
  find("[data-ready]").textContent = count === 1 ? "1 file as shown above" : `${count} files as shown above`;
}

const watch = (job) => htmx.ajax("GET", `/import/jobs/${job.id}`, {
  target: "#jobs", select: `#job-${job.id}`, swap: "afterbegin",
});

drop.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  take([...event.target.files]);
  event.target.value = "";
});
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
}
for (const name of ["dragleave", "drop"]) {
  drop.addEventListener(name, () => drop.classList.remove("over"));
}
drop.addEventListener("drop", (event) => { event.preventDefault(); take([...event.dataTransfer.files]); });
drop.addEventListener("submit", (event) => event.preventDefault());

find("[data-start]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const uploads = waiting().map((one) => one.dataset.upload);
  try {
    const job = await asked(`${API}/imports`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ uploads, ...(about() ? { site: about() } : {}) }),
    });
    find("#previews").replaceChildren();
    ready();
    await watch(job);
  } catch (error) { refuse(error); }
});

document.addEventListener("click", async (event) => {
  const stop = event.target.closest("[data-stop]");
  const undo = event.target.closest("[data-undo]");
  try {
    if (stop) await asked(`${API}/jobs/${stop.dataset.stop}/stop`, { method: "POST" });
    if (undo && confirm(`Take back what was imported from ${undo.dataset.file}?`)) {
      undo.disabled = true;
      await watch(await asked(`${API}/imports/${undo.dataset.undo}/undo`, { method: "POST" }));
    }
  } catch (error) { refuse(error); }
});

for (const undo of document.querySelectorAll("[data-undo]")) undo.hidden = false;
