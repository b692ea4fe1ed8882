// Where each case of a tree stands: x by its day, y by walking the branches. A case takes the free line nearest to its
// source, so that thousands of cases need some hundred lines and a chain stays a nearly straight line.
import type { Edge, Node } from "../tree";

export type Place = { x: number; y: number };

const DAY = 46;
const LINE = 26;
const LABEL_DAYS = 2;

export function arrange(nodes: readonly Node[], edges: readonly Edge[]): Map<string, Place> {
  const { children, roots } = branches(nodes, edges);
  const lines = new Lines();
  for (const root of roots) walk(root, children, lines);
  for (const node of nodes) if (!lines.has(node)) walk(node, children, lines); // a circle in the data
  return lines.places();
}

type Branches = { children: Map<string, Node[]>; roots: Node[] };

// The first source named is the branch a case hangs on; further ones are drawn, not walked.
function branches(nodes: readonly Node[], edges: readonly Edge[]): Branches {
  const known = new Map(nodes.map((node) => [node.id, node]));
  const children = new Map<string, Node[]>();
  const hasSource = new Set<string>();
  for (const edge of edges) {
    const target = known.get(edge.target);
    if (!target || !known.has(edge.source) || hasSource.has(target.id)) continue;
    hasSource.add(target.id);
    children.set(edge.source, [...(children.get(edge.source) ?? []), target]);
  }
  const roots = nodes.filter((node) => !hasSource.has(node.id));
  const weight = (node: Node): number => (children.has(node.id) ? 0 : 1);
  return { children, roots: [...roots].sort((left, right) => weight(left) - weight(right) || byDay(left, right)) };
}

function byDay(left: Node, right: Node): number {
  return left.day - right.day || left.id.localeCompare(right.id);
}

// Depth first without recursion: chains of thousands must not overflow the stack.
function walk(root: Node, children: ReadonlyMap<string, Node[]>, lines: Lines): void {
  const waiting: { node: Node; near: number }[] = [{ node: root, near: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (lines.has(next.node)) continue;
    const near = lines.put(next.node, next.near);
    const followers = [...(children.get(next.node.id) ?? [])].sort(byDay).reverse();
    waiting.push(...followers.map((node) => ({ node, near })));
  }
}

class Lines {
  readonly #taken = new Map<number, Set<number>>();
  readonly #lineOf = new Map<string, { line: number; day: number }>();

  has(node: Node): boolean {
    return this.#lineOf.has(node.id);
  }

  /** Put a case on the free line nearest to a line; gives that line. */
  put(node: Node, near: number): number {
    for (let step = 0; ; step += 1) {
      const line = near + (step % 2 ? (step + 1) / 2 : -step / 2);
      if (this.#take(line, node.day)) {
        this.#lineOf.set(node.id, { line, day: node.day });
        return line;
      }
    }
  }

  places(): Map<string, Place> {
    const placed = [...this.#lineOf].map(([id, at]): [string, Place] => [id, { x: at.day * DAY, y: at.line * LINE }]);
    return new Map(placed);
  }

  #take(line: number, day: number): boolean {
    const taken = this.#taken.get(line) ?? new Set<number>();
    const wanted = Array.from({ length: LABEL_DAYS }, (_, later) => day + later);
    if (wanted.some((one) => taken.has(one))) return false;
    for (const one of wanted) taken.add(one);
    this.#taken.set(line, taken);
    return true;
  }
}
