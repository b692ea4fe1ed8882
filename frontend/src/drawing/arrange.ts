// Where each case of a tree stands: x by its day, y by walking the branches, so that no two share a line.
import type { Edge, Node } from "../tree";

export type Place = { x: number; y: number };

const DAY = 46;
const LINE = 26;

export function arrange(nodes: readonly Node[], edges: readonly Edge[]): Map<string, Place> {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const children = new Map<string, Node[]>();
  const hasSource = new Set<string>();
  for (const edge of edges) {
    const target = known.get(edge.target);
    if (!target || !known.has(edge.source) || hasSource.has(target.id)) continue; // a second source is drawn, not walked
    hasSource.add(target.id);
    children.set(edge.source, [...(children.get(edge.source) ?? []), target]);
  }
  const places = new Map<string, Place>();
  const roots = [...nodes].filter((node) => !hasSource.has(node.id)).sort(byDay);
  const linked = roots.filter((node) => children.has(node.id));
  for (const root of linked) walk(root, children, places);
  grid(roots.filter((node) => !children.has(node.id)), places);
  for (const node of nodes) if (!places.has(node.id)) walk(node, children, places); // a circle in the data
  return places;
}

function byDay(left: Node, right: Node): number {
  return left.day - right.day || left.id.localeCompare(right.id);
}

// Depth first without recursion: chains of thousands must not overflow the stack.
function walk(root: Node, children: ReadonlyMap<string, Node[]>, places: Map<string, Place>): void {
  const waiting = [root];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    if (places.has(node.id)) continue;
    places.set(node.id, { x: node.day * DAY, y: places.size * LINE });
    waiting.push(...[...(children.get(node.id) ?? [])].sort(byDay).reverse());
  }
}

// Cases without any link stand below the tree, several to a line on the same day.
function grid(alone: readonly Node[], places: Map<string, Place>): void {
  const top = (places.size + 2) * LINE;
  const onDay = new Map<number, number>();
  for (const node of alone) {
    const already = onDay.get(node.day) ?? 0;
    onDay.set(node.day, already + 1);
    places.set(node.id, { x: node.day * DAY, y: top + already * LINE });
  }
}
