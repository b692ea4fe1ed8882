// Signing in the browser: an ECDSA P-256 key that cannot be taken out of it, one for each account that signs here.
// What is signed are the bytes the server wrote into the page; the page shows the same text in words beside the button.
import { once } from "./forms/once";

type Kept = { account: string; pair: CryptoKeyPair; name: string };

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const STORE = "keys";
const NEXT = " next";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-enrol]")) {
  whenSubmitted(form, () => void enrol(form));
  void mark(form);
}
void offer();

async function offer(): Promise<void> {
  const place = document.querySelector<HTMLElement>("[data-signing]");
  if (!place) return;
  const known = knownIn(place);
  const kept = await find(place.dataset["signing"] ?? "", known).catch(() => undefined);
  const ready = kept !== undefined && known.includes(kept.name);
  show(place, ready ? "[data-ready]" : "[data-absent]");
  const name = place.querySelector("[data-name]");
  if (name && kept) name.textContent = kept.name.slice(0, 16).replace(/(.{4})(?=.)/g, "$1 ");
  if (!ready || !kept) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sign]")) {
    whenSubmitted(form, () => void sign(form, kept));
  }
}

/** From now on the form can be sent, and is sent by `act`. */
function whenSubmitted(form: HTMLFormElement, act: () => void): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (once(event.submitter ?? form)) act();
  });
  for (const button of form.querySelectorAll("button")) button.disabled = false;
}

function show(place: HTMLElement, chosen: string): void {
  for (const part of place.children) (part as HTMLElement).hidden = !part.matches(chosen);
}

// A key that this browser has lost or spoilt signs nothing: then it is said to be absent, with the way to another one.
async function sign(form: HTMLFormElement, kept: Kept): Promise<void> {
  try {
    const value = await crypto.subtle.sign(SIGNING, kept.pair.privateKey, bytes(form.dataset["sign"] ?? ""));
    fill(form, "signature", hex(value));
    fill(form, "signing_key", kept.name);
    form.submit();
  } catch {
    const place = document.querySelector<HTMLElement>("[data-signing]");
    if (place) show(place, "[data-absent]");
    place?.scrollIntoView({ block: "center" });
  }
}

// A key belongs to one unit for ever: whoever signs for another one gets another key, which counts here once it is enrolled.
async function enrol(form: HTMLFormElement): Promise<void> {
  try {
    const account = form.dataset["enrol"] ?? "";
    const known = knownIn(form);
    const kept = await find(account, known);
    const fresh = kept === undefined || known.includes(kept.name) ? await made(kept ? account + NEXT : account) : kept;
    fill(form, "public", hex(await crypto.subtle.exportKey("raw", fresh.pair.publicKey)));
    form.submit();
  } catch {
    const said = form.querySelector<HTMLElement>("[role=status]");
    if (said) said.textContent = said.dataset["failed"] ?? "";
  }
}

async function made(account: string): Promise<Kept> {
  const pair = await crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const kept = { account, pair, name: await nameOf(point) };
  const keys = await opened("readwrite");
  await answered(keys.put(kept));
  return kept;
}

// The first 16 bytes of SHA-256 over the kind and the public half: what the key service calls the key.
async function nameOf(point: Uint8Array): Promise<string> {
  const kind = new TextEncoder().encode("p256");
  const both = new Uint8Array(kind.length + point.length);
  both.set(kind);
  both.set(point, kind.length);
  return hex(await crypto.subtle.digest("SHA-256", both)).slice(0, 32);
}

// The key of this browser: the one made last, if it was enrolled; else the one before.
async function find(account: string, known: string[]): Promise<Kept | undefined> {
  const next = (await answered((await opened("readonly")).get(account + NEXT))) as Kept | undefined;
  const first = (await answered((await opened("readonly")).get(account))) as Kept | undefined;
  if (!next || !known.includes(next.name)) return first ?? next;
  if (!first || known.includes(first.name)) return next;
  await answered((await opened("readwrite")).put({ ...next, account }));
  return next;
}

function knownIn(place: HTMLElement): string[] {
  return (place.dataset["known"] ?? "").split(" ");
}

// On the page of keys: which of them is this browser's.
async function mark(form: HTMLFormElement): Promise<void> {
  const kept = await find(form.dataset["enrol"] ?? "", knownIn(form)).catch(() => undefined);
  for (const one of document.querySelectorAll<HTMLElement>("[data-key]")) one.hidden = one.dataset["key"] !== kept?.name;
}

async function opened(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const asked = indexedDB.open("epiloop-signing", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "account" });
  return (await answered(asked)).transaction(STORE, mode).objectStore(STORE);
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("refused"));
  });
}

function fill(form: HTMLFormElement, name: string, value: string): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}

function bytes(digits: string): Uint8Array<ArrayBuffer> {
  const found = new Uint8Array(digits.length / 2);
  for (let at = 0; at < found.length; at += 1) found[at] = Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16);
  return found;
}

function hex(content: ArrayBuffer): string {
  return Array.from(new Uint8Array(content), (one) => one.toString(16).padStart(2, "0")).join("");
}
