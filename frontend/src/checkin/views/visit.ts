// Checked in: the sign that the guard compares, and what can be said of the visit.
import type { Names } from "../code";
import { button, h } from "../dom";
import { checkOut, go, isOpen, stay } from "../flow";
import type { Sign, Visit } from "../kept";
import { later, now } from "../time";
import { clock, named, t } from "../words";
import { waysIn } from "./home";

const STILL = 30;
/** Minutes that who is still here is presumed to stay at least. */
const LONGER = { 30: "plus-30", 60: "plus-60", 120: "plus-120" };

export function visitView(visit: Visit, unsent: boolean, told = ""): HTMLElement[] {
  const { place, zone } = named(visit);
  const heading = h("h1", { tabindex: "-1" }, visit.refused === undefined ? t("checked-in") : t("not-taken"));
  const where = h("div", { class: "names" }, h("p", { class: "place" }, place), zone ? h("p", { class: "zone" }, zone) : null);
  if (!isOpen(visit)) return [heading, where, ...notTaken(visit)];
  return [
    heading,
    signOf(visit, unsent),
    where,
    h("p", { class: "times" }, timesOf(visit)),
    h("div", { role: "status", class: "told" }, told && h("p", { class: "note done" }, told)),
    h("div", { class: "acts" }, ...outs(visit), button(t("still-here"), () => stillHere(visit))),
    h("h2", {}, t("longer")),
    h("div", { class: "acts row" }, ...longer(visit)),
    h("p", { class: "soft" }, t("elsewhere")),
    h("div", { class: "acts" }, ...waysIn(""), button(t("keeps"), () => void go({ at: "home" }), "plain")),
  ];
}

/** Check out now. Who forgot to says when they left: as was presumed, else now. */
function outs(visit: Visit): HTMLElement[] {
  const until = visit.until ? new Date(visit.until) : undefined;
  const leave = button(t("check-out"), () => checkOut(visit, now()), "main");
  if (!until || until > now()) return [leave];
  leave.className = "";
  const then = button(t("left-then", { time: clock(until) }), () => checkOut(visit, until), "main");
  return [h("p", { class: "note due" }, t("over")), then, leave];
}

/** What is seen after checking out; by then the visit is deleted, or waits to be sent. */
export function leftView(names: Names, unsent: boolean): HTMLElement[] {
  const { place, zone } = named(names);
  return [
    h("h1", { tabindex: "-1" }, t("checked-out")),
    h("div", { class: "names" }, h("p", { class: "place" }, place), zone ? h("p", { class: "zone" }, zone) : null),
    h("p", { role: "status" }, unsent ? t("out-unsent") : t("out-gone")),
    h("div", { class: "acts" }, ...waysIn(), button(t("keeps"), () => void go({ at: "home" }), "plain")),
  ];
}

function notTaken(visit: Visit): HTMLElement[] {
  return [
    h("p", { class: "note late", role: "alert" }, visit.refused ?? ""),
    h("p", {}, t("not-taken-remedy")),
    h("div", { class: "acts" }, ...waysIn()),
  ];
}

function timesOf(visit: Visit): string {
  const came = t("came-at", { time: clock(new Date(visit.came)) });
  return visit.until ? `${came} · ${t("stays-until", { time: clock(new Date(visit.until)) })}` : came;
}

function longer(visit: Visit): HTMLElement[] {
  const from = new Date(Math.max(now().getTime(), Date.parse(visit.until ?? "") || 0));
  const until = (at: Date) => stay(visit, at, t("longer-told", { time: clock(at) }));
  const made = Object.entries(LONGER).map(([minutes, key]) => button(t(key), () => until(later(from, Number(minutes)))));
  const closes = visit.closes ? new Date(visit.closes) : undefined;
  if (closes && closes > now()) made.push(button(t("until-closing", { time: clock(closes) }), () => until(closes)));
  return made;
}

function stillHere(visit: Visit): Promise<void> {
  const until = new Date(Math.max(later(now(), STILL).getTime(), Date.parse(visit.until ?? "") || 0));
  return stay(visit, until, t("still-told"));
}

/** The sign of this half minute, with a clock that runs: a picture of it stands still. */
function signOf(visit: Visit, unsent: boolean): HTMLElement {
  const made = h("div", { class: "sign" });
  const text = h("p", { class: "word", role: "status" });
  const time = h("p", { class: "time", "aria-hidden": "true" });
  made.append(text, time);
  let shown: Sign | undefined | null = null;
  const tick = () => {
    const at = now();
    const sign = visit.signs.find((one) => Date.parse(one.since) <= at.getTime() && at.getTime() < Date.parse(one.until));
    if (sign !== shown) {
      made.className = `sign ${sign?.colour ?? "none"}`;
      text.replaceChildren(...wordsOf(sign, unsent));
      shown = sign;
    }
    time.textContent = clock(at, true);
  };
  tick();
  const timer = setInterval(() => (made.isConnected ? tick() : clearInterval(timer)), 1000);
  return made;
}

function wordsOf(sign: Sign | undefined, unsent: boolean): (HTMLElement | string)[] {
  if (sign) {
    const colour = h("span", { class: "unseen" }, `${sign.colour_name} `);
    return [colour, h("strong", {}, `${sign.word} ${sign.digits}`), h("small", {}, t("sign-show"))];
  }
  return unsent ? [t("sign-unsent")] : [t("sign-over")];
}
