// The gate's two calls: what a code says, and to take what was said.
import type { Sign } from "./kept";
import type { Names } from "./code";
import { language } from "./words";
import { setBy } from "./time";

export interface Place extends Names {
  until?: string | null;
  closes?: string | null;
}

/** The gate answered, and says no. `after`: in how many seconds it may be asked again, 0 if it did not say. */
export class No extends Error {
  constructor(
    readonly status: number,
    detail: string,
    readonly after: number,
  ) {
    super(detail);
  }
}

const PATIENCE = 15_000;
/** Milliseconds until the gate counts as not there. */

export async function placeOf(code: string): Promise<Place> {
  const told = (await post("place", code, "text/plain")) as Partial<Place>;
  if (!told.name_zh) throw new TypeError("somebody else answered");
  return told as Place;
}

export async function send(id: string, said: unknown): Promise<Record<string, Sign[]>> {
  const answer = (await post("said", JSON.stringify({ id, said: [said] }), "application/json")) as {
    batch?: string;
    signs?: Record<string, Sign[]>;
  };
  if (answer.batch !== id) throw new TypeError("somebody else answered"); // the sign-in page of a hotel's network, say
  return answer.signs ?? {};
}

/** Raises No if the gate refused, TypeError or DOMException if it was not reached. */
async function post(call: string, body: string, type: string): Promise<unknown> {
  const answer = await fetch(call, {
    method: "POST",
    headers: { "Content-Type": type, "Accept-Language": language() === "en" ? "en" : "zh-Hans" },
    body,
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    signal: patience(),
  });
  const told = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  setBy(answer, told["now"]);
  if (answer.ok) return told;
  if (!told["detail"]) throw new TypeError("somebody else answered");
  throw new No(answer.status, String(told["detail"]).replace(/^said\[\d+\][:：] */, ""), Number(answer.headers.get("Retry-After")) || 0);
}

function patience(): AbortSignal {
  const control = new AbortController();
  setTimeout(() => control.abort(), PATIENCE);
  return control.signal;
}
