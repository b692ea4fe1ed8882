// Where somebody was, in order, on a map without tiles: points with their names, the way between, meridians, a scale.
//
// <div data-itinerary data-block="ID"></div> with <script type="application/json" id="ID">
// {"points": [{"at": [lon, lat], "numbers": [1, 4], "name": "..."}], "path": [[lon, lat], ...], "words": {"none": "..."}}
import { type GeoJSONSource, LngLatBounds, Map, Marker, NavigationControl, ScaleControl, setWorkerUrl } from "maplibre-gl/dist/maplibre-gl-csp";
import worker from "maplibre-gl/dist/maplibre-gl-csp-worker.js?url";
import "maplibre-gl/dist/maplibre-gl.css";
import { dataOf, drawn, ink } from "./drawing/data";
import { between, degrees, graticule, step, type Box } from "./drawing/graticule";

type Position = [number, number];
type Point = { at: Position; numbers: number[]; name: string };
type Route = { points: Point[]; path: Position[]; words: { none: string } };

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
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new ScaleControl({ unit: "metric" }), "bottom-left");
  map.on("load", () => {
    lay(map, route);
    drawn(() => colour(map));
    label(map, route.points);
    rule(map, place);
    map.on("moveend", () => rule(map, place));
    place.dataset["drawn"] = "yes";
  });
}

function lay(map: Map, route: Route): void {
  map.addSource("grid", { type: "geojson", data: graticule(box(map)) });
  map.addLayer({ id: "grid", type: "line", source: "grid", paint: { "line-width": 1 } });
  map.addSource("way", { type: "geojson", data: { type: "LineString", coordinates: route.path } });
  map.addLayer({ id: "way", type: "line", source: "way", paint: { "line-width": 2, "line-dasharray": [2, 1.5] } });
}

function colour(map: Map): void {
  const colours = ink();
  map.setPaintProperty("ground", "background-color", colours.panel);
  map.setPaintProperty("grid", "line-color", colours.line);
  map.setPaintProperty("way", "line-color", colours.accent);
}

function label(map: Map, points: Point[]): void {
  for (const point of points) {
    const mark = document.createElement("div");
    const number = document.createElement("b");
    const name = document.createElement("span");
    mark.className = "map-mark";
    number.textContent = point.numbers.join(", ");
    name.textContent = point.name;
    mark.append(number, name);
    new Marker({ element: mark, anchor: "left", offset: [-10, 0] }).setLngLat(point.at).addTo(map);
    for (const name of ["role", "aria-label", "tabindex"]) mark.removeAttribute(name); // a label, no button
  }
}

/** Meridians and parallels for what is seen, their degrees at the edges. */
function rule(map: Map, place: HTMLElement): void {
  const seen = box(map);
  const by = step(seen);
  (map.getSource("grid") as GeoJSONSource).setData(graticule(seen));
  place.querySelectorAll(".map-degree").forEach((old) => old.remove());
  for (const x of between(seen.west, seen.east, by)) write(place, degrees(x, ["E", "W"]), map.project([x, seen.north]).x, "across");
  for (const y of between(seen.south, seen.north, by)) write(place, degrees(y, ["N", "S"]), map.project([seen.west, y]).y, "down");
}

function write(place: HTMLElement, words: string, at: number, way: "across" | "down"): void {
  const made = document.createElement("span");
  made.className = `map-degree ${way}`;
  made.textContent = words;
  made.style.setProperty(way === "across" ? "left" : "top", `${Math.round(at)}px`);
  place.append(made);
}

function box(map: Map): Box {
  const seen = map.getBounds();
  return { west: seen.getWest(), south: seen.getSouth(), east: seen.getEast(), north: seen.getNorth() };
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
