// The check-in page. One question at a time: where are you - is it here - you are checked in - you have left.
import "./checkin.css";
import { h } from "./dom";
import { arrive, drawnBy, go, home, type Kept, present } from "./flow";
import { visits, waiting } from "./kept";
import { line, start, sweep } from "./sending";
import { minutesOff } from "./time";
import { confirmView } from "./views/confirm";
import { homeView } from "./views/home";
import { scanView } from "./views/scan";
import { leftView, visitView } from "./views/visit";
import { choose, language, LANGUAGES, t } from "./words";

const AUTONYMS = { "zh-hans": "中文", en: "English" };
const SWEEP = 60_000;
const page = document.getElementById("page") as HTMLElement;
let turn = 0;

async function draw(): Promise<void> {
  const mine = ++turn;
  const unsent = await waiting();
  const kept = { visits: await visits(), unsent: new Set(unsent.map((one) => one.said.visit)) };
  line.count = unsent.length;
  if (mine === turn) page.replaceChildren(head(), ...notes(), h("main", {}, ...shown(kept)));
}

function shown(kept: Kept): HTMLElement[] {
  const view = present();
  if (view.at === "scan") return scanView();
  if (view.at === "confirm") return confirmView(view.read);
  if (view.at === "left") return leftView(view.names, kept.unsent.has(view.visit));
  if (view.at === "home") return homeView(kept, view.told);
  const visit = kept.visits.find((one) => one.visit === view.visit);
  return visit ? visitView(visit, kept.unsent.has(visit.visit), view.told) : homeView(kept);
}

function head(): HTMLElement {
  const others = LANGUAGES.filter((one) => one !== language());
  const switches = others.map((one) =>
    h("button", { type: "button", class: "plain", lang: one === "en" ? "en" : "zh-Hans", click: () => switchTo(one) }, AUTONYMS[one]),
  );
  return h("header", {}, h("span", { class: "brand" }, t("title")), ...switches);
}

/** What holds for the whole page: what was not sent yet, and a clock that is wrong. */
function notes(): HTMLElement[] {
  const told: string[][] = [];
  if (line.count && (line.lost || !navigator.onLine)) {
    told.push(["due", t("not-sent", { count: String(line.count) }), t("kept-until-sent")]);
  } else if (!navigator.onLine) told.push(["due", t("offline"), t("offline-works")]);
  const off = minutesOff();
  const wrong = { time: howLong(Math.abs(off)) };
  if (off) told.push(["due", off > 0 ? t("clock-fast", wrong) : t("clock-slow", wrong), t("clock-remedy")]);
  return told.map(([look, what, more]) =>
    h("div", { class: `note ${look}`, role: "status" }, h("strong", {}, what), " ", h("span", {}, more)),
  );
}

/** Minutes, as people say them: hours from two hours on, days from two days on. */
function howLong(minutes: number): string {
  if (minutes < 2 * 60) return t("minutes", { n: String(minutes) });
  if (minutes < 2 * 24 * 60) return t("hours", { n: String(Math.round(minutes / 60)) });
  return t("days", { n: String(Math.round(minutes / (24 * 60))) });
}

function switchTo(wanted: (typeof LANGUAGES)[number]): void {
  choose(wanted);
  const view = present();
  void go(view.at === "home" || view.at === "visit" ? { ...view, told: "" } : view);
}

/** Something was sent, refused or deleted: draw again, unless somebody is typing or the camera runs. */
async function changed(): Promise<void> {
  if (present().at === "scan" || present().at === "confirm") return;
  const focused = document.activeElement?.id;
  await draw();
  if (focused) document.getElementById(focused)?.focus();
}

/** The code leaves the address at once, so that what the browser remembers of it does not say where somebody was. */
function codeInAddress(): string {
  const code = location.hash;
  if (code.length < 2) return "";
  history.replaceState(null, "", location.pathname + location.search);
  return code;
}

async function begin(): Promise<void> {
  choose(language());
  drawnBy(draw);
  window.addEventListener("hashchange", () => {
    const scanned = codeInAddress();
    if (scanned) void arrive(scanned);
  });
  const code = codeInAddress();
  await sweep();
  await (code ? arrive(code) : home());
  start(() => void changed());
  setInterval(() => void sweep().then((gone) => (gone ? changed() : undefined)), SWEEP);
}

if ("serviceWorker" in navigator) void navigator.serviceWorker.register("sw.js").catch(() => undefined);
void begin();
