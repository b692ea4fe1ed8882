// Signing in the browser: an ECDSA P-256 key that cannot be taken out of it, one for each account that signs here.
// What is signed are the bytes the server wrote into the page; the page shows the same text in words beside the button.

type Kept = { account: string; pair: CryptoKeyPair; name: string };

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const STORE = "keys";

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-enrol]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void enrol(form);
  });
}
void offer();

async function offer(): Promise<void> {
  const place = document.querySelector<HTMLElement>("[data-signing]");
  if (!place) return;
  const known = (place.dataset["known"] ?? "").split(" ");
  const kept = await find(place.dataset["signing"] ?? "").catch(() => undefined);
  const ready = kept !== undefined && known.includes(kept.name);
  show(place, ready ? "[data-ready]" : "[data-absent]");
  const name = place.querySelector("[data-name]");
  if (name && kept) name.textContent = kept.name.slice(0, 16).replace(/(.{4})(?=.)/g, "$1 ");
  if (!ready || !kept) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sign]")) {
    for (const button of form.querySelectorAll("button")) button.disabled = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void sign(form, kept);
    });
  }
}

function show(place: HTMLElement, chosen: string): void {
  for (const part of place.children) (part as HTMLElement).hidden = !part.matches(chosen);
}

async function sign(form: HTMLFormElement, kept: Kept): Promise<void> {
  const value = await crypto.subtle.sign(SIGNING, kept.pair.privateKey, bytes(form.dataset["sign"] ?? ""));
  fill(form, "signature", hex(value));
  fill(form, "signing_key", kept.name);
  form.submit();
}

async function enrol(form: HTMLFormElement): Promise<void> {
  try {
    const account = form.dataset["enrol"] ?? "";
    const kept = (await find(account)) ?? (await made(account));
    fill(form, "public", hex(await crypto.subtle.exportKey("raw", kept.pair.publicKey)));
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

async function find(account: string): Promise<Kept | undefined> {
  const keys = await opened("readonly");
  return (await answered(keys.get(account))) as Kept | undefined;
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

export {};
