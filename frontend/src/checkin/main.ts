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
const page = document.getElementById("page") as HTMLElement;
const MINUTE = 60_000;
let turn = 0;
let drawing = Promise.resolve();
let drawn = "";

/** One drawing after the other: whoever waits for the last one has on the page what was to be shown. */
function draw(): Promise<void> {
  const mine = ++turn;
  return (drawing = drawing.catch(() => undefined).then(() => replace(() => mine === turn)));
}

/** Something was sent, refused or deleted: draw again, unless nothing would look different, somebody is typing or the
 * camera runs. A tap on what stays as it was is not lost. */
function changed(): Promise<void> {
  const due = (looks: string) => looks !== drawn && present().at !== "scan" && present().at !== "confirm";
  return (drawing = drawing.catch(() => undefined).then(() => replace(due)));
}

async function replace(due: (looks: string) => boolean): Promise<void> {
  const unsent = await waiting();
  const kept = { visits: await visits(), unsent: new Set(unsent.map((one) => one.said.visit)) };
  line.count = unsent.length;
  const minute = Math.floor(Date.now() / MINUTE);
  const looks = JSON.stringify([present(), kept.visits, unsent, line, navigator.onLine, minutesOff(), minute]);
  if (!due(looks)) return;
  const focused = document.activeElement?.id;
  const open = page.querySelector("details")?.open ?? false;
  page.replaceChildren(head(), ...notes(), h("main", {}, ...shown(kept)));
  if (focused) document.getElementById(focused)?.focus();
  page.querySelector("details")?.toggleAttribute("open", open);
  drawn = looks;
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
  const opened = codeInAddress();
  await sweep();
  const code = codeInAddress() || opened; // another one may have been scanned meanwhile
  window.addEventListener("hashchange", () => {
    const scanned = codeInAddress();
    if (scanned) void arrive(scanned);
  });
  await (code ? arrive(code) : home());
  start(() => void changed());
  setInterval(() => void sweep().then((gone) => (gone ? changed() : undefined)), MINUTE);
}

if ("serviceWorker" in navigator) void navigator.serviceWorker.register("sw.js").catch(() => undefined);
void begin();
