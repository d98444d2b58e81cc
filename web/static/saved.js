// The saved list is kept in this browser alone; without JavaScript it lives in the address of /saved.
const KEY = "palpate-saved";
const read = () => {
  try { return JSON.parse(localStorage.getItem(KEY)) || []; } catch { return []; }
};
const write = (ids) => {
  try { localStorage.setItem(KEY, JSON.stringify(ids.slice(0, 50))); } catch { /* private mode: the address still works */ }
};
const address = (ids) => `/saved?${new URLSearchParams(ids.map((id) => ["id", id]))}`;

for (const link of document.querySelectorAll("[data-save]")) {
  const show = () => {
    const saved = read().includes(link.dataset.save);
    link.querySelector("span").textContent = saved ? link.dataset.savedLabel : link.dataset.saveLabel;
    link.setAttribute("aria-pressed", String(saved));
  };
  link.setAttribute("role", "button");
  link.dataset.saveLabel = link.querySelector("span").textContent;
  const toggle = (event) => {
    event.preventDefault();
    const ids = read();
    write(ids.includes(link.dataset.save) ? ids.filter((id) => id !== link.dataset.save) : [...ids, link.dataset.save]);
    show();
  };
  link.addEventListener("click", toggle);
  link.addEventListener("keydown", (event) => { if (event.key === " ") toggle(event); });
  show();
}
const page = document.querySelector("[data-saved-page]");
if (page) {
  const given = new URLSearchParams(location.search).getAll("id");
  const added = new URLSearchParams(location.search).getAll("add");
  if (given.length || added.length) write([...new Set([...given, ...added])]);
  else if (read().length) location.replace(address(read()) + (page.dataset.lang ? `&lang=${page.dataset.lang}` : ""));
  page.addEventListener("click", (event) => {
    const id = event.target.closest("[data-unsave]")?.dataset.unsave;
    if (id) write(read().filter((other) => other !== id));
  });
}
