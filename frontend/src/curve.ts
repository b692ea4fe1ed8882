// The epidemic curve: stacked bars by day, named beside them in their own colours. The table behind is on the page.
//
// <div class="chart" data-curve data-block="ID" | data-url="..." role="img" aria-label="..."></div>
// {"labels": ["28 June", ...], "series": [{"name": "...", "kind": "late|due|done|accent|soft", "counts": [...]}]}
import { BarChart } from "echarts/charts";
import { GraphicComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { dataOf, drawn, FAMILY, ink, type Ink } from "./drawing/data";

type Kind = "late" | "due" | "done" | "accent" | "soft";
type Series = { name: string; kind: Kind; counts: number[] };
type Curve = { labels: string[]; series: Series[] };

const LETTER = 13;

use([BarChart, GraphicComponent, GridComponent, TooltipComponent, CanvasRenderer]);

for (const place of document.querySelectorAll<HTMLElement>("[data-curve]")) void show(place);

async function show(place: HTMLElement): Promise<void> {
  const curve = await dataOf<Curve>(place);
  const chart = init(place, null, { renderer: "canvas" });
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  drawn(() => chart.setOption({ animation: !still, animationDuration: 250, ...options(curve, ink()) }, true));
  new ResizeObserver(() => chart.resize()).observe(place);
}

function options(curve: Curve, colours: Ink): object {
  const text = { color: colours.soft, fontFamily: FAMILY, fontSize: 12 };
  return {
    textStyle: { fontFamily: FAMILY },
    grid: { left: 4, right: 12, top: 34, bottom: 4, containLabel: true },
    tooltip: tooltip(colours),
    xAxis: {
      type: "category",
      data: curve.labels,
      axisTick: { show: false },
      axisLabel: { ...text, hideOverlap: true },
      axisLine: { lineStyle: { color: colours.edge } },
    },
    yAxis: { type: "value", minInterval: 1, axisLabel: text, splitLine: { lineStyle: { color: colours.line } } },
    series: curve.series.map((series) => bars(series, colours)),
    graphic: names(curve.series, colours),
  };
}

function bars(series: Series, colours: Ink): object {
  const itemStyle = { color: colours[series.kind], borderColor: colours.panel, borderWidth: 0.5 };
  return { name: series.name, type: "bar", stack: "all", barCategoryGap: "10%", itemStyle, data: series.counts };
}

// The names with their totals stand over the bars, each in its colour: nothing to look up.
function names(all: readonly Series[], colours: Ink): object[] {
  let left = 36;
  return all.map((series) => {
    const words = `${series.name} ${series.counts.reduce((sum, count) => sum + count, 0)}`;
    const text = { text: words, fill: colours[series.kind], font: `600 12px ${FAMILY}` };
    const place = { type: "text", left, top: 4, silent: true, style: text };
    left += width(words) + 22;
    return place;
  });
}

function width(words: string): number {
  return [...words].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 0x2e7f ? LETTER : LETTER * 0.58), 0);
}

function tooltip(colours: Ink): object {
  return {
    trigger: "axis",
    renderMode: "richText",
    backgroundColor: colours.panel,
    borderColor: colours.edge,
    textStyle: { color: colours.ink, fontSize: 12, fontFamily: FAMILY },
    axisPointer: { type: "shadow", shadowStyle: { opacity: 0.12 } },
  };
}
