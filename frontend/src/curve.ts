// The epidemic curve: stacked bars by day, labelled directly. The table behind it is on the page already.
//
// <div class="chart" data-curve data-block="ID" | data-url="..." role="img" aria-label="..."></div>
// {"days": ["2022-06-28", ...], "labels": ["28 June", ...], "series": [{"name": "...", "kind": "late", "counts": [...]}]}
import { BarChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { dataOf, drawn, ink, type Ink } from "./drawing/data";

type Kind = "late" | "due" | "done" | "accent" | "soft";
type Series = { name: string; kind: Kind; counts: number[] };
type Curve = { days: string[]; labels: string[]; series: Series[] };

use([BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

for (const place of document.querySelectorAll<HTMLElement>("[data-curve]")) void show(place);

async function show(place: HTMLElement): Promise<void> {
  const curve = await dataOf<Curve>(place);
  const chart = init(place, null, { renderer: "canvas" });
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  drawn(() => chart.setOption({ animation: !still, animationDuration: 250, ...options(curve, ink()) }, true));
  new ResizeObserver(() => chart.resize()).observe(place);
}

function options(curve: Curve, colours: Ink): object {
  const text = { color: colours.soft, fontFamily: "inherit", fontSize: 12 };
  return {
    grid: { left: 4, right: 84, top: 22, bottom: 4, containLabel: true },
    tooltip: tooltip(colours),
    xAxis: { type: "category", data: curve.labels, axisTick: { show: false }, axisLabel: { ...text, hideOverlap: true },
      axisLine: { lineStyle: { color: colours.edge } } },
    yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: colours.line } } },
    series: curve.series.map((series, index) => bars(series, index, curve.series.length, colours)),
  };
}

function bars(series: Series, index: number, of: number, colours: Ink): object {
  const labelled = labelPlace(series, index, of);
  return {
    name: series.name,
    type: "bar",
    stack: "all",
    barCategoryGap: "12%",
    itemStyle: { color: colours[series.kind] },
    data: series.counts,
    markPoint: undefined,
    labelLayout: { hideOverlap: false },
    label: { show: false },
    ...labelled,
  };
}

// The name of a series stands at the right edge beside its last bars, in its own colour: no legend to look up.
function labelPlace(series: Series, index: number, of: number): object {
  return { endLabel: { show: false }, tooltip: {}, emphasis: { focus: "series" }, z: of - index, id: `${index}:${series.name}` };
}

function tooltip(colours: Ink): object {
  return {
    trigger: "axis",
    renderMode: "richText",
    backgroundColor: colours.panel,
    borderColor: colours.edge,
    textStyle: { color: colours.ink, fontSize: 12 },
    axisPointer: { type: "shadow", shadowStyle: { opacity: 0.12 } },
  };
}
