// The time as the gate has it. A phone whose clock is wrong would say wrong times, and show signs nobody else has.
import { settings } from "./settings";

const TOLD = 2 * 60_000;
/** From how far off on a phone's clock is told, in milliseconds. */

let off = Number(settings.get("off")) || 0;

export function now(): Date {
  return new Date(Date.now() + off);
}

/** Set the time by an answer of the gate: what it says, else when it was sent. */
export function setBy(answer: Response, said: unknown): void {
  const at = Date.parse(typeof said === "string" ? said : (answer.headers.get("Date") ?? ""));
  if (Number.isNaN(at)) return;
  const found = at - Date.now();
  off = Math.abs(found) < 2_000 ? 0 : found;
  settings.set("off", String(off));
}

/** By how many minutes the phone's clock is wrong, positive if it is fast; 0 for what matters to nobody. */
export function minutesOff(): number {
  return Math.abs(off) < TOLD ? 0 : -Math.round(off / 60_000);
}

export function later(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000);
}

export function iso(at: Date): string {
  return at.toISOString();
}
