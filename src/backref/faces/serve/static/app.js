// What links and forms cannot do alone: keys, the theme, copying. Nothing here is needed to read.

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

// The theme: the system's, light or dark, kept by this browser alone.
const THEMES = ["system", "light", "dark"];
const themed = () => localStorage.getItem("theme") ?? "system";

function showTheme(theme) {
  if (theme === "system") {
    localStorage.removeItem("theme");
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem("theme", theme);
    document.documentElement.dataset.theme = theme;
  }
  const button = find("[data-theme-switch]");
  if (button) {
    button.hidden = false;
    find("[data-theme-name]").textContent = theme;
  }
}

const turnTheme = () => showTheme(THEMES[(THEMES.indexOf(themed()) + 1) % THEMES.length]);

// Rows: j and k move the focus between the links that open them, so that Enter does.
function stepRow(by) {
  const opens = all("[data-rows] tbody .open");
  if (!opens.length) return;
  const row = document.activeElement?.closest("[data-rows] tbody tr");
  const at = opens.findIndex((open) => open.closest("tr") === row);
  const next = at < 0 ? (by > 0 ? 0 : opens.length - 1) : Math.min(Math.max(at + by, 0), opens.length - 1);
  opens[next].focus();
  opens[next].closest("tr").scrollIntoView({ block: "nearest" });
}

const press = (selector) => find(selector)?.click();

const KEYS = {
  "/": () => find("#jump")?.select() ?? find("#jump")?.focus(),
  j: () => stepRow(1),
  k: () => stepRow(-1),
  n: () => press("a[rel=next]"),
  p: () => press("a[rel=prev]"),
  e: () => press("[data-export]"),
  u: () => press("[data-back]"),
  t: turnTheme,
  "?": () => find("#keys")?.showModal(),
};

let went = false;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");
  if (event.key === "Escape" && typing) return event.target.blur();
  if (event.key === "Escape") return all("details.facet[open]").forEach((one) => { one.open = false; });
  if (typing || find("dialog[open]")) return;
  if (went) {
    went = false;
    const room = find(`.rail [data-key="${CSS.escape(event.key)}"]`);
    if (room) { event.preventDefault(); room.click(); }
    return;
  }
  if (event.key === "g") { went = true; setTimeout(() => { went = false; }, 1200); return; }
  const act = KEYS[event.key];
  if (act) { event.preventDefault(); act(); }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) turnTheme();
  const copy = event.target.closest("[data-copies]");
  if (copy) {
    const text = document.getElementById(copy.dataset.copies).textContent;
    navigator.clipboard?.writeText(text).then(() => { copy.textContent = "Copied"; });
  }
  const up = event.target.closest("[data-back]");
  if (up && document.referrer && new URL(document.referrer).pathname === new URL(up.href).pathname) {
    event.preventDefault(); // the list as it was chosen, and at its place
    history.back();
  }
  for (const open of all("details.facet[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});

// Choosing sends the form; fields that hold nothing do not reach the address.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
});
document.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) {
    if (value === "") event.formData.delete(name);
  }
});

showTheme(themed());

for (const life of all("[data-end]")) life.scrollLeft = life.scrollWidth;

