// The transmission tree, thousands of nodes: days to the right, one line per case, branches loaded when opened.
//
// <div class="tree" data-tree data-url="..." aria-label="..."></div>  with a list of the same cases on the page
// {"nodes": [{"id", "label", "day": 0, "kind": "late|due|done|soft", "url", "more": true}], "edges": [{"source", "target", "sure": true}],
//  "words": {"open": "...", "more": "..."}}   day: days since the first; more: has followers not sent yet, asked with ?from=ID
import cytoscape, { type Core, type ElementDefinition, type NodeSingular } from "cytoscape";
import { dataOf, drawn, ink } from "./drawing/data";
import { arrange } from "./drawing/arrange";
import { looks } from "./drawing/looks";

export type Node = { id: string; label: string; day: number; kind: string; url?: string; more?: boolean };
export type Edge = { source: string; target: string; sure: boolean };
type Tree = { nodes: Node[]; edges: Edge[]; words: { open: string; more: string } };

// Cytoscape would put a <style> on the page, which the content policy refuses; epiloop.css has its one rule instead.
const standIn = document.createElement("meta");
standIn.id = "__________cytoscape_stylesheet";
document.head.append(standIn);

for (const place of document.querySelectorAll<HTMLElement>("[data-tree]")) void show(place);

async function show(place: HTMLElement): Promise<void> {
  const tree = await dataOf<Tree>(place);
  const canvas = document.createElement("div");
  canvas.className = "tree-canvas";
  const caption = document.createElement("p");
  caption.className = "tree-caption";
  caption.setAttribute("role", "status");
  place.append(canvas, caption);
  const core = cytoscape({
    container: canvas,
    elements: elements(tree),
    layout: { name: "preset" },
    minZoom: 0.05,
    maxZoom: 3,
    hideEdgesOnViewport: tree.nodes.length > 1500,
    textureOnViewport: tree.nodes.length > 1500,
    boxSelectionEnabled: false,
    autoungrabify: true,
  });
  drawn(() => core.style(looks(ink())));
  core.fit(undefined, 30);
  if (core.zoom() > 1.2) core.zoom(1.2).center(); // a few cases stay as large as text, not larger
  core.on("tap", "node", (event) => void tapped(place, core, event.target as NodeSingular, caption, tree.words));
}

function elements(tree: Pick<Tree, "nodes" | "edges">): ElementDefinition[] {
  const places = arrange(tree.nodes, tree.edges);
  const nodes = tree.nodes.map((node) => ({ data: { ...node }, position: places.get(node.id) ?? { x: 0, y: 0 } }));
  const edges = tree.edges.map((edge) => ({ data: { ...edge, id: `${edge.source}>${edge.target}` } }));
  return [...nodes, ...edges];
}

async function tapped(place: HTMLElement, core: Core, node: NodeSingular, caption: HTMLElement, words: Tree["words"]): Promise<void> {
  const data = node.data() as Node;
  caption.replaceChildren(document.createTextNode(`${data.label} `));
  if (data.url) caption.append(link(data.url, words.open));
  core.elements().removeClass("chain");
  node.predecessors().union(node.successors()).union(node).addClass("chain");
  if (data.more) await unfold(place, core, node);
}

async function unfold(place: HTMLElement, core: Core, node: NodeSingular): Promise<void> {
  node.data("more", false);
  const url = new URL(place.dataset["url"] ?? "", window.location.href);
  const joint = url.search ? "&" : "?";
  const added = await dataOf<Tree>(place, `${joint}from=${encodeURIComponent(node.id())}`);
  const nodes = new Map([...core.nodes().map((one) => one.data() as Node), ...added.nodes].map((one) => [one.id, one]));
  const edges = new Map([...core.edges().map((one) => one.data() as Edge), ...added.edges].map((one) => [`${one.source}>${one.target}`, one]));
  core.json({ elements: elements({ nodes: [...nodes.values()], edges: [...edges.values()] }) });
}

function link(url: string, words: string): HTMLAnchorElement {
  const made = document.createElement("a");
  made.href = url;
  made.textContent = words;
  return made;
}
