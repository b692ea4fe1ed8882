// What this phone keeps, in its own database: visits until they are over, and what was not sent yet.
import type { Names } from "./code";

export interface Sign {
  colour: string;
  colour_name: string;
  word: string;
  digits: string;
  since: string;
  until: string;
}

export interface Visit extends Names {
  visit: string;
  spot: string;
  code: string;
  came: string;
  phone: string;
  until?: string;
  closes?: string;
  left?: string;
  signs: Sign[];
  /** Why the gate will never take it. */
  refused?: string;
}

export interface Message {
  what: "came" | "staying" | "left";
  visit: string;
  code: string;
  came: string;
  until?: string;
  left?: string;
  visitor: { phone: string };
  way: "phone";
}

/** One message on its way: under the same id however often it is sent, so the gate takes it once. */
export interface Waiting {
  id: string;
  at: number;
  said: Message;
}

const NAME = "epiloop-checkin";
const VISITS = "visits";
const QUEUE = "queue";

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore(VISITS, { keyPath: "visit" });
      asked.result.createObjectStore(QUEUE, { keyPath: "id" });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

/** Change visits and queue in one transaction: all of it or nothing is kept. */
export async function change(work: (visits: IDBObjectStore, queue: IDBObjectStore) => void): Promise<void> {
  const transaction = (await database()).transaction([VISITS, QUEUE], "readwrite");
  work(transaction.objectStore(VISITS), transaction.objectStore(QUEUE));
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}

/** Bring one visit up to date within a transaction, as it is by then; undefined where it is not on the phone. */
export function amend(store: IDBObjectStore, visit: string, as: (known: Visit | undefined) => Visit | undefined): void {
  const asked = store.get(visit);
  asked.onsuccess = () => {
    const made = as(asked.result as Visit | undefined);
    if (made) store.put(made);
  };
}

async function all<T>(store: string): Promise<T[]> {
  const asked = (await database()).transaction(store).objectStore(store).getAll();
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result as T[]);
    asked.onerror = () => reject(asked.error);
  });
}

/** The visits on this phone, the latest first. */
export async function visits(): Promise<Visit[]> {
  return (await all<Visit>(VISITS)).sort((one, other) => other.came.localeCompare(one.came));
}

/** What was not sent yet, in the order in which it was said. */
export async function waiting(): Promise<Waiting[]> {
  return (await all<Waiting>(QUEUE)).sort((one, other) => one.at - other.at);
}

/** Forget every visit and all that was not sent. */
export function forgetAll(): Promise<void> {
  return change((visits, queue) => {
    visits.clear();
    queue.clear();
  });
}

/** An id that nobody else draws. */
export function freshId(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  // Without https (a trial in a local network) browsers offer the randomness only.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
