// What lies over a map without tiles, drawn anew whenever it moves: meridians and parallels, places around, names that
// find room, and how long each way is. The stops' own labels go first; a name that would cover another is left out.
import { between, degrees, step, type Box } from "./graticule";

export type Position = [number, number];
export type Named = { at: Position; name: string };
export type Lengths = { metres: string; kilometres: string };
type Spot = { x: number; y: number };
type Rect = { left: number; top: number; right: number; bottom: number };
export type Screen = { box: Box; wide: number; high: number; at: (position: Position) => Spot };

const SVG = "http://www.w3.org/2000/svg";
const EARTH = 6_371_000;
const SHORTEST_LEG = 70;

export class Layers {
  readonly #svg = document.createElementNS(SVG, "svg");
  readonly #words = document.createElement("div");

  constructor(place: HTMLElement, private readonly lengths: Lengths) {
    this.#svg.classList.add("map-base");
    this.#svg.setAttribute("aria-hidden", "true");
    this.#words.className = "map-words";
    this.#words.setAttribute("aria-hidden", "true");
    place.append(this.#svg, this.#words);
  }

  /** Draw all of it. `taken`: where the stops' labels are. */
  draw(screen: Screen, path: Position[], around: Named[], areas: Named[], taken: Rect[]): void {
    this.#svg.replaceChildren();
    this.#words.replaceChildren();
    const room = [...taken];
    this.#grid(screen);
    this.#legs(screen, path, room);
    for (const area of areas) this.#name(screen, area, "map-area", room);
    for (const place of around) this.#place(screen, place, room);
  }

  #grid(screen: Screen): void {
    const { west, south, east, north } = screen.box;
    const by = step(screen.box);
    for (const x of between(west, east, by)) {
      const at = screen.at([x, north]).x;
      this.#line(at, 0, at, screen.high);
      this.#write(degrees(x, ["E", "W"]), "map-degree across", { x: at, y: 0 });
    }
    for (const y of between(south, north, by)) {
      const at = screen.at([west, y]).y;
      this.#line(0, at, screen.wide, at);
      this.#write(degrees(y, ["N", "S"]), "map-degree down", { x: 0, y: at });
    }
  }

  #legs(screen: Screen, path: Position[], room: Rect[]): void {
    const said = new Set<string>();
    path.slice(1).forEach((to, n) => {
      const from = path[n] as Position;
      const [a, b] = [screen.at(from), screen.at(to)];
      const middle = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
      const name = `${Math.round(middle.x)}:${Math.round(middle.y)}`;
      if (Math.hypot(a.x - b.x, a.y - b.y) < SHORTEST_LEG || said.has(name)) return;
      said.add(name);
      this.#fit(this.#length(metres(from, to)), "map-leg", middle, room);
    });
  }

  #length(long: number): string {
    const far = long >= 1_000;
    return `${far ? (long / 1_000).toFixed(1) : Math.round(long / 10) * 10} ${far ? this.lengths.kilometres : this.lengths.metres}`;
  }

  #place(screen: Screen, place: Named, room: Rect[]): void {
    const at = screen.at(place.at);
    if (!inside(at, screen)) return;
    const dot = document.createElementNS(SVG, "circle");
    for (const [name, value] of Object.entries({ cx: at.x, cy: at.y, r: 2.5 })) dot.setAttribute(name, String(value));
    this.#svg.append(dot);
    this.#fit(place.name, "map-place", { x: at.x + 6, y: at.y }, room, screen);
  }

  #name(screen: Screen, area: Named, look: string, room: Rect[]): void {
    const at = screen.at(area.at);
    if (inside(at, screen)) this.#fit(area.name, look, at, room, screen);
  }

  /** Write words where they cover nothing, else not at all. */
  #fit(words: string, look: string, at: Spot, room: Rect[], screen?: Screen): void {
    const made = this.#write(words, look, at);
    const own = within(made, this.#words);
    const out = screen && (own.right > screen.wide - 4 || own.left < 50 || own.bottom > screen.high - 30 || own.top < 16);
    if (out || room.some((one) => meet(one, own))) made.remove();
    else room.push(own);
  }

  #line(x1: number, y1: number, x2: number, y2: number): void {
    const line = document.createElementNS(SVG, "path");
    line.setAttribute("d", `M${x1} ${y1}L${x2} ${y2}`);
    this.#svg.append(line);
  }

  #write(words: string, look: string, at: Spot): HTMLElement {
    const made = document.createElement("span");
    made.className = look;
    made.textContent = words;
    made.style.setProperty("left", `${Math.round(at.x)}px`);
    made.style.setProperty("top", `${Math.round(at.y)}px`);
    this.#words.append(made);
    return made;
  }
}

/** Where an element is within another. */
export function within(element: Element, outer: Element): Rect {
  const [own, all] = [element.getBoundingClientRect(), outer.getBoundingClientRect()];
  return { left: own.left - all.left, right: own.right - all.left, top: own.top - all.top, bottom: own.bottom - all.top };
}

function meet(one: Rect, other: Rect): boolean {
  return one.left < other.right + 3 && other.left < one.right + 3 && one.top < other.bottom && other.top < one.bottom;
}

function inside(at: Spot, screen: Screen): boolean {
  return at.x > 0 && at.y > 0 && at.x < screen.wide && at.y < screen.high;
}

/** Metres between two positions on the ground, as the crow flies. */
export function metres([x1, y1]: Position, [x2, y2]: Position): number {
  const turn = Math.PI / 180;
  const half = Math.sin(((y2 - y1) * turn) / 2) ** 2 + Math.cos(y1 * turn) * Math.cos(y2 * turn) * Math.sin(((x2 - x1) * turn) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(half));
}
