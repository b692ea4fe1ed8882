// Where somebody was, in order, on a map without tiles: the stops with their names, the way between them and how long it
// is, over a quiet base of what the register knows around: places, townships; meridians, a scale, where north is.
//
// <div data-itinerary data-block="ID"></div> with <script type="application/json" id="ID">
// {"points": [{"at": [lon, lat], "numbers": [1, 4], "name": "..."}], "path": [[lon, lat], ...],
//  "around": [{"at": [lon, lat], "name": "..."}], "areas": [...], "words": {"none": "...", "north": "N", ...}}
import { LngLatBounds, Map, Marker, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl/dist/maplibre-gl-csp";
import worker from "maplibre-gl/dist/maplibre-gl-csp-worker.js?url";
import "maplibre-gl/dist/maplibre-gl.css";
import { dataOf, drawn, ink } from "./drawing/data";
import { Layers, within, type Lengths, type Named, type Position, type Screen } from "./drawing/layers";

type Point = Named & { numbers: number[] };
type Words = Lengths & Record<"none" | "north" | "closer" | "farther", string>;
type Route = { points: Point[]; path: Position[]; around: Named[]; areas: Named[]; words: Words };

setWorkerUrl(new URL(worker, import.meta.url).href);
for (const place of document.querySelectorAll<HTMLElement>("[data-itinerary]")) void show(place);

async function show(place: HTMLElement): Promise<void> {
  const route = await dataOf<Route>(place);
  try {
    draw(place, route);
  } catch {
    without(place, route.words.none); // no WebGL: the table says the same
  }
}

function draw(place: HTMLElement, route: Route): void {
  const map = new Map({
    container: place,
    style: { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: {} }] },
    bounds: around(route.path),
    fitBoundsOptions: { padding: { top: 40, bottom: 50, left: 70, right: Math.min(150, place.clientWidth * 0.35) }, maxZoom: 15 }, // labels
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    cooperativeGestures: false,
    fadeDuration: 0,
    locale: { "NavigationControl.ZoomIn": route.words.closer, "NavigationControl.ZoomOut": route.words.farther },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.on("load", () => {
    lay(map, route);
    drawn(() => colour(map));
    const labels = route.points.map((point) => label(map, point));
    north(place, route.words.north);
    const layers = new Layers(place, route.words);
    const again = (): void => {
      for (const made of labels) made.classList.toggle("flipped", !fits(made, place));
      layers.draw(screen(map, place), route.path, route.around, route.areas, labels.map((made) => within(made, place)));
    };
    again();
    map.on("move", again);
    place.dataset["drawn"] = "yes";
  });
}

function lay(map: Map, route: Route): void {
  map.addSource("way", { type: "geojson", data: { type: "LineString", coordinates: route.path } });
  map.addLayer({ id: "way", type: "line", source: "way", paint: { "line-width": 2, "line-dasharray": [2, 1.5] } });
}

function colour(map: Map): void {
  const colours = ink();
  map.setPaintProperty("ground", "background-color", colours.panel);
  map.setPaintProperty("way", "line-color", colours.accent);
}

/** A stop's number and name; gives what can be turned to the other side of the point. */
function label(map: Map, point: Point): HTMLElement {
  const mark = document.createElement("div");
  const held = document.createElement("div");
  const number = document.createElement("b");
  const name = document.createElement("span");
  held.className = "map-mark";
  number.textContent = point.numbers.join(", ");
  name.textContent = point.name;
  held.append(number, name);
  mark.append(held);
  new Marker({ element: mark, anchor: "left", offset: [-10, 0] }).setLngLat(point.at).addTo(map);
  for (const name of ["role", "aria-label", "tabindex"]) mark.removeAttribute(name); // a label, no button
  return held;
}

/** Whether a label has room to the right of its point. */
function fits(made: HTMLElement, place: HTMLElement): boolean {
  made.classList.remove("flipped");
  const own = within(made, place);
  return own.right <= place.clientWidth - 4 || own.left + own.left < place.clientWidth;
}

function north(place: HTMLElement, words: string): void {
  const made = document.createElement("span");
  made.className = "map-north";
  made.textContent = `${words} ↑`;
  place.append(made);
}

function screen(map: Map, place: HTMLElement): Screen {
  const seen = map.getBounds();
  const box = { west: seen.getWest(), south: seen.getSouth(), east: seen.getEast(), north: seen.getNorth() };
  return { box, wide: place.clientWidth, high: place.clientHeight, at: (position) => map.project(position) };
}

function around(path: Position[]): LngLatBounds {
  const bounds = new LngLatBounds();
  for (const at of path) bounds.extend(at);
  return bounds;
}

function without(place: HTMLElement, words: string): void {
  const said = document.createElement("p");
  said.className = "map-none";
  said.setAttribute("role", "status");
  said.textContent = words;
  place.replaceChildren(said);
  place.classList.add("map-empty");
}
