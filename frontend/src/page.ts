// On every page: htmx, keys for lists, and the focus after an error. Pages work without it.
import htmx from "htmx.org";
import { listKeys } from "./keys/list";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

listKeys(document);
document.querySelector<HTMLElement>(".error-summary")?.focus();

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());

// A page kept by the back button may be personal: load it again, so that a session that ended shows nothing.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
