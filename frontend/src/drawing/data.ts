// Where a drawing's data is: a JSON script block on the page (data-block) or an address (data-url).

export async function dataOf<T>(place: HTMLElement, query = ""): Promise<T> {
  const block = place.dataset["block"] ? document.getElementById(place.dataset["block"]) : null;
  if (block && !query) return JSON.parse(block.textContent ?? "null") as T;
  const response = await fetch(`${place.dataset["url"] ?? ""}${query}`, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${response.status}`);
  return (await response.json()) as T;
}

export type Ink = Record<"ink" | "soft" | "line" | "panel" | "accent" | "late" | "due" | "done" | "edge", string>;

/** The stylesheet's colours as they are now, in light or dark. */
export function ink(): Ink {
  const style = getComputedStyle(document.documentElement);
  const names = ["ink", "soft", "line", "panel", "accent", "late", "due", "done", "edge"] as const;
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Ink;
}

/** Draw now, and again whenever the reader's device goes from light to dark or back. */
export function drawn(draw: () => void): void {
  draw();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

export const FAMILY = 'system-ui, "Noto Sans", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
