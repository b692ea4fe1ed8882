// What was said goes out, oldest first, until nothing waits. It is kept until the gate said that it has it.
import { amend, change, freshId, type Message, type Visit, visits, waiting, type Waiting } from "./kept";
import { No, send } from "./gate";
import { iso, now } from "./time";

const AGAIN_FIRST = 4_000;
const AGAIN_LAST = 60_000;
const DAY = 24 * 3_600_000;

export interface Line {
  /** How many messages are not sent yet. */
  count: number;
  /** Whether the last attempt did not reach the gate. */
  lost: boolean;
}

export const line: Line = { count: 0, lost: false };

let changed: () => void = () => undefined;
let running: Promise<void> | undefined;
let again = false;
let pause = AGAIN_FIRST;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Call `tell` whenever something was sent, refused or deleted; send at once when there is a connection again. */
export function start(tell: () => void): void {
  changed = tell;
  for (const event of ["online", "focus", "pageshow"]) window.addEventListener(event, () => void sendAll());
  window.addEventListener("offline", tell);
  void sendAll();
}

/** What is told of a visit: all of a new one, or what is new of one that is kept. */
export type Told = Partial<Visit> & Pick<Visit, "visit">;

/** Keep visits and what is said of them, together, then send. */
export async function say(said: { what: Message["what"]; told: Told }[]): Promise<void> {
  const at = Date.now();
  await change((kept, queue) => {
    said.forEach(({ what, told }, number) =>
      amend(kept, told.visit, (known) => {
        if (!known && what !== "came") return undefined; // left in another window meanwhile, or a day ago
        const visit = { ...known, ...told } as Visit;
        queue.put({ id: freshId(), at: at + number / 1000, said: message(visit, what) } satisfies Waiting);
        return visit;
      }),
    );
  });
  void sendAll();
}

/** Send what waits. Asked again while it runs, it looks again when it is through. */
export function sendAll(): Promise<void> {
  if (running) again = true;
  running ??= attempt().finally(() => {
    running = undefined;
    if (again) void sendAll();
  });
  return running;
}

async function attempt(): Promise<void> {
  clearTimeout(timer);
  again = false;
  let after = 0;
  for (let some = await waiting(); some.length; some = await waiting()) {
    after = await one(some[0] as Waiting);
    if (after) break;
  }
  line.count = (await waiting()).length;
  line.lost = after > 0;
  pause = after ? Math.min(pause * 2, AGAIN_LAST) : AGAIN_FIRST;
  if (after) timer = setTimeout(() => void sendAll(), after);
  await sweep();
  changed();
}

/** Send one message; in how many milliseconds to try again, 0 if it is done with. */
async function one(waits: Waiting): Promise<number> {
  try {
    await taken(waits, (await send(waits.id, waits.said))[waits.said.visit]);
    return 0;
  } catch (wrong) {
    if (wrong instanceof No && wrong.status < 500 && wrong.status !== 429) {
      await refused(waits, wrong.message);
      return 0;
    }
    return wrong instanceof No && wrong.after ? wrong.after * 1000 : pause;
  }
}

async function taken({ id, said }: Waiting, signs: Visit["signs"] | undefined): Promise<void> {
  await change((kept, queue) => {
    queue.delete(id);
    if (said.what === "left") kept.delete(said.visit);
    else if (signs?.length) amend(kept, said.visit, (known) => known && { ...known, signs });
  });
}

/** The gate will never take it: the person is told, and nothing more of that visit is sent. */
async function refused({ said }: Waiting, why: string): Promise<void> {
  const others = (await waiting()).filter((one) => one.said.visit === said.visit);
  await change((kept, queue) => {
    for (const one of others) queue.delete(one.id);
    amend(kept, said.visit, (known) => known && { ...known, refused: why, signs: [] });
  });
}

/** A day after somebody came nothing of it is on the phone any more; whether there was anything. */
export async function sweep(): Promise<boolean> {
  const old = iso(new Date(now().getTime() - DAY));
  const gone = (await visits()).filter((visit) => visit.came < old).map((visit) => visit.visit);
  if (!gone.length) return false;
  const unsent = (await waiting()).filter((one) => gone.includes(one.said.visit));
  await change((kept, queue) => {
    for (const visit of gone) kept.delete(visit);
    for (const one of unsent) queue.delete(one.id);
  });
  line.count = (await waiting()).length;
  return true;
}

function message(visit: Visit, what: Message["what"]): Message {
  const { visit: id, code, came, phone, until, left } = visit;
  const whole: Message = { what, visit: id, code, came, visitor: { phone }, way: "phone" };
  if (what === "staying" && until) whole.until = until;
  if (what === "left" && left) whole.left = left;
  return whole;
}
