// On every page: htmx, keys for lists, and the focus after an error. Pages work without it.
import htmx from "htmx.org";
import { once } from "./forms/once";
import { listKeys } from "./keys/list";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

listKeys(document);
// On a slow line somebody may be typing already: then the focus stays where it is.
if (document.activeElement === document.body) document.querySelector<HTMLElement>(".error-summary")?.focus();

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (!once(event.submitter ?? form)) event.preventDefault();
});

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

// A page kept by the back button may be personal: load it again, so that a session that ended shows nothing.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
