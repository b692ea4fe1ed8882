// The first view: scan a code, or go on with a visit; and what this phone keeps.
import { button, h } from "../dom";
import { arrive, go, isOpen, type Kept } from "../flow";
import { forgetAll, type Visit } from "../kept";
import { hasCamera, inPicture } from "../scan";
import { settings } from "../settings";
import { clock, named, t } from "../words";

export function homeView(kept: Kept, told = ""): HTMLElement[] {
  return [
    h("h1", { tabindex: "-1" }, t("where")),
    h("div", { role: "alert" }, told && h("p", { class: "note late" }, told)),
    ...kept.visits.map((visit) => card(visit, kept.unsent.has(visit.visit))),
    h("div", { class: "acts" }, ...waysIn()),
    h("p", { class: "soft" }, t("ask-staff")),
    keeping(),
  ];
}

/** The buttons that read a code: the camera where there is one, and a picture. */
export function waysIn(look = "main"): HTMLElement[] {
  const camera = hasCamera() ? [button(t("scan"), () => void go({ at: "scan" }), look)] : [];
  return [...camera, pictureButton()];
}

function pictureButton(): HTMLElement {
  const file = h("input", { type: "file", accept: "image/*", id: "picture", class: "unseen", change: (event) => void read(event) });
  return h("div", { class: "file" }, file, h("label", { for: "picture", class: "button" }, t("picture")));
}

async function read(event: Event): Promise<void> {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (!file) return;
  const found = await inPicture(file).catch(() => undefined);
  await (found ? arrive(found) : go({ at: "home", told: t("no-code-in-picture") }));
}

function card(visit: Visit, unsent: boolean): HTMLElement {
  const { place, zone } = named(visit);
  const times = visit.left ? `${clock(new Date(visit.came))}–${clock(new Date(visit.left))}` : clock(new Date(visit.came));
  const name = h("strong", {}, [place, zone].filter(Boolean).join(" · "));
  const said = h("span", { class: "soft" }, `${times} · ${state(visit, unsent)}`);
  if (!isOpen(visit) && visit.refused === undefined) return h("div", { class: "card" }, name, said);
  return h("button", { type: "button", class: "card", click: () => void go({ at: "visit", visit: visit.visit }) }, name, said);
}

function state(visit: Visit, unsent: boolean): string {
  if (visit.refused !== undefined) return t("not-taken");
  if (unsent) return visit.left ? t("left-unsent") : t("unsent");
  return t("checked-in");
}

function keeping(): HTMLElement {
  const phone = settings.get("phone");
  return h(
    "details",
    {},
    h("summary", {}, t("keeps")),
    h("p", {}, t("keeps-text")),
    phone && h("p", {}, t("keeps-number", { phone })),
    button(t("delete-all"), deleteAll),
  );
}

async function deleteAll(): Promise<void> {
  await forgetAll();
  settings.forget("phone", "off");
  await go({ at: "home", told: t("deleted") });
}
