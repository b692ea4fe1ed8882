// j and k walk through the list marked data-keys, Enter opens (it is the focused link), / goes to the search field.

const TYPING = "input, select, textarea, [contenteditable]";
const ITEMS = "[data-keys] > tbody > tr, [data-keys] > .line, [data-keys] > li";

export function listKeys(page: Document): void {
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "/" && focusSearch(page)) event.preventDefault();
    if (event.key === "j" && walk(page, 1)) event.preventDefault();
    if (event.key === "k" && walk(page, -1)) event.preventDefault();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPING) !== null;
}

function focusSearch(page: Document): boolean {
  const field = page.querySelector<HTMLInputElement>("input[type=search], [data-search] input");
  field?.focus();
  field?.select();
  return field !== null;
}

function walk(page: Document, step: 1 | -1): boolean {
  const items = [...page.querySelectorAll<HTMLElement>(ITEMS)].filter((item) => item.querySelector("a, button"));
  if (items.length === 0) return false;
  const here = items.findIndex((item) => item.contains(page.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(Math.max(here + step, 0), items.length - 1);
  for (const item of items) item.classList.toggle("here", item === items[next]);
  items[next]?.querySelector<HTMLElement>("a, button")?.focus();
  items[next]?.scrollIntoView({ block: "nearest" });
  return true;
}
