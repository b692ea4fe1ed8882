// What nodes and edges of a tree look like; unsure links are dashed, cases with followers not shown have a ring.
import type { StylesheetStyle } from "cytoscape";
import { FAMILY, type Ink } from "./data";

export function looks(colours: Ink): StylesheetStyle[] {
  const filled = (kind: "late" | "due" | "done" | "soft"): StylesheetStyle => ({
    selector: `node[kind = "${kind}"]`,
    style: { "background-color": colours[kind] },
  });
  return [
    {
      selector: "node",
      style: {
        width: 13, height: 13, label: "data(label)", color: colours.ink, "background-color": colours.accent,
        "font-size": 11, "font-family": FAMILY, "text-halign": "right", "text-valign": "center",
        "text-margin-x": 5, "min-zoomed-font-size": 8,
      },
    },
    filled("late"), filled("due"), filled("done"), filled("soft"),
    { selector: "node[?more]", style: { "border-width": 4, "border-color": colours.due, "border-opacity": 0.7 } },
    {
      selector: "edge",
      style: { width: 1.2, "line-color": colours.edge, "target-arrow-color": colours.edge, "target-arrow-shape": "triangle",
        "arrow-scale": 0.7, "curve-style": "straight" },
    },
    { selector: "edge[!sure]", style: { "line-style": "dashed" } },
    { selector: "edge.chain", style: { "line-color": colours.accent, "target-arrow-color": colours.accent, width: 2.4 } },
    { selector: "node.chain", style: { "border-width": 2, "border-color": colours.ink } },
  ];
}
