// The browser half of a passkey ceremony. The server half is web/accounts/passkeys.py; both speak WebAuthn's JSON.

type Options = { publicKey: Record<string, unknown> };
type Answer = { next?: string; error?: string };

for (const place of document.querySelectorAll<HTMLElement>("[data-passkey]")) {
  if (window.PublicKeyCredential && "parseCreationOptionsFromJSON" in PublicKeyCredential) offer(place);
}

function offer(place: HTMLElement): void {
  const button = place.querySelector("button");
  const said = place.querySelector<HTMLElement>("[role=status]");
  if (!button || !said) return;
  place.hidden = false;
  button.addEventListener("click", async () => {
    if (button.hasAttribute("aria-busy")) return; // a second question would make the answer to the first one worthless
    button.setAttribute("aria-busy", "true");
    said.textContent = "";
    try {
      await ceremony(place);
    } catch (problem) {
      said.textContent = problem instanceof Refused ? problem.message : (said.dataset["cancelled"] ?? "");
      button.removeAttribute("aria-busy");
    }
  });
}

class Refused extends Error {}

async function ceremony(place: HTMLElement): Promise<void> {
  const asked = await post(place.dataset["options"] ?? "", undefined);
  if (asked.redirected) {
    window.location.assign(place.dataset["confirm"] ?? asked.url);
    return;
  }
  const { publicKey } = await read<Options>(asked);
  const credential = place.dataset["passkey"] === "create" ? await create(publicKey) : await get(publicKey);
  const answer = await read<Answer>(await post(place.dataset["answer"] ?? "", credential));
  window.location.assign(answer.next ?? "/");
}

async function create(options: Record<string, unknown>): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return asJson(await navigator.credentials.create({ publicKey }));
}

async function get(options: Record<string, unknown>): Promise<unknown> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  return asJson(await navigator.credentials.get({ publicKey }));
}

function asJson(credential: Credential | null): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new Error("no credential");
  return credential.toJSON();
}

function post(url: string, body: unknown): Promise<Response> {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}") as Record<string, string>;
  return fetch(url, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
}

async function read<T>(response: Response): Promise<T> {
  const body = (await response.json()) as T & Answer;
  if (!response.ok) throw new Refused(body.error ?? "");
  return body;
}
