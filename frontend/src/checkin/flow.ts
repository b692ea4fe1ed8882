// Where somebody is on the page, and how they get on. The views ask for what is here; `main` draws.
import { type Names, type Read, readCode } from "./code";
import type { Place } from "./gate";
import { freshId, type Visit, visits } from "./kept";
import { say } from "./sending";
import { iso, now } from "./time";
import { t } from "./words";

export type View =
  | { at: "home"; told?: string }
  | { at: "scan" }
  | { at: "confirm"; read: Read }
  | { at: "visit"; visit: string; told?: string }
  | { at: "left"; names: Names; visit: string };

export interface Kept {
  visits: Visit[];
  /** Ids of visits of which something waits to be sent. */
  unsent: Set<string>;
}

let view: View = { at: "home" };
let draw: () => Promise<void> = () => Promise.resolve();

export const present = (): View => view;

/** Whether somebody is there now, as far as this phone knows. */
export const isOpen = (visit: Visit): boolean => !visit.left && visit.refused === undefined;

export function drawnBy(drawing: () => Promise<void>): void {
  draw = drawing;
}

/** Show another view, from its top; its heading is read out. */
export async function go(next: View): Promise<void> {
  view = next;
  await draw();
  window.scrollTo(0, 0);
  document.querySelector("h1")?.focus();
}

/** Open the visit that is going on, else the first view. */
export async function home(): Promise<void> {
  const open = (await visits()).find(isOpen);
  await go(open ? { at: "visit", visit: open.visit } : { at: "home" });
}

/** A code was scanned, or opened the page: its names come first. */
export async function arrive(text: string): Promise<void> {
  const read = readCode(text);
  if (!read) return go({ at: "home", told: t("no-code") });
  const here = (await visits()).find((visit) => visit.spot === read.spot && isOpen(visit));
  await go(here ? { at: "visit", visit: here.visit, told: t("here-already") } : { at: "confirm", read });
}

/** Check in; whoever is checked in elsewhere is checked out there by it. */
export async function checkIn(read: Read, phone: string, place?: Place): Promise<void> {
  const at = now();
  const elsewhere = (await visits()).filter(isOpen);
  const { name_zh, name_en, zone_zh, zone_en } = place ?? read;
  const names = { name_zh, name_en, zone_zh, zone_en };
  const visit: Visit = { ...names, visit: freshId(), spot: read.spot, code: read.code, came: iso(at), phone, signs: [] };
  if (place?.until) visit.until = place.until;
  if (place?.closes) visit.closes = place.closes;
  await say([
    ...elsewhere.map((old) => ({ what: "left" as const, told: { visit: old.visit, left: iso(leftBy(old, at)) } })),
    { what: "came" as const, told: visit },
  ]);
  await go({ at: "visit", visit: visit.visit });
}

/** When somebody left who did not say so: as presumed, unless they came elsewhere before. */
function leftBy(visit: Visit, elsewhere: Date): Date {
  const until = visit.until ? new Date(visit.until) : elsewhere;
  return until < elsewhere ? until : elsewhere;
}

export async function checkOut(visit: Visit, at: Date): Promise<void> {
  await say([{ what: "left", told: { visit: visit.visit, left: iso(at) } }]);
  await go({ at: "left", names: visit, visit: visit.visit });
}

/** Stay until an instant: longer than presumed so far, or just still there. */
export async function stay(visit: Visit, until: Date, told: string): Promise<void> {
  await say([{ what: "staying", told: { visit: visit.visit, until: iso(until) } }]);
  await go({ at: "visit", visit: visit.visit, told });
}
