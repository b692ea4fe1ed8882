// Somebody on a slow line taps again because nothing seems to happen. What is on its way is not sent a second time.
const PAUSE = 5_000;
/** Milliseconds: a second tap comes sooner; who presses after that means it, since a file may be asked for again. */

const pressed = new WeakMap<Element, number>();

/** Whether what was pressed may act now. For a while after that it looks busy, and may not. */
export function once(button: Element): boolean {
  const now = performance.now();
  if (now - (pressed.get(button) ?? -PAUSE) < PAUSE) return false;
  pressed.set(button, now);
  button.setAttribute("aria-busy", "true");
  setTimeout(() => button.removeAttribute("aria-busy"), PAUSE);
  return true;
}
