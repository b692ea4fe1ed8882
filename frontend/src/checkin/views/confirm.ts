// The names of the place, large, before anything is said. Then a phone number, and one button.
import type { Names, Read } from "../code";
import { button, h } from "../dom";
import { checkIn, home } from "../flow";
import { No, type Place, placeOf } from "../gate";
import { settings } from "../settings";
import { named, t } from "../words";
import { waysIn } from "./home";

const PHONE = /^\+?[\d ()-]{5,24}$/;
const FEWEST_DIGITS = 5;

export function confirmView(read: Read): HTMLElement[] {
  const names = h("div", { class: "names" }, ...namesOf(read));
  const told = h("div", { class: "told", role: "status" }, h("p", { class: "soft" }, t("checking")));
  const form = formOf(read, told);
  void ask(read, names, told, form);
  return [
    h("h1", { tabindex: "-1" }, t("is-it-here")),
    names,
    told,
    form.made,
    h("div", { class: "acts" }, button(t("not-here"), () => void home())),
    h("p", { class: "soft" }, t("ask-staff")),
  ];
}

function namesOf(names: Names): HTMLElement[] {
  const { place, zone, other } = named(names);
  const made = [h("p", { class: "place" }, place)];
  if (zone) made.push(h("p", { class: "zone" }, zone));
  if (other) made.push(h("p", { class: "soft other" }, other));
  return made;
}

/** Ask the gate whether the code may be believed. Where it cannot be asked, that is said, and checked when it is sent. */
async function ask(read: Read, names: HTMLElement, told: HTMLElement, form: Form): Promise<void> {
  try {
    const place = await placeOf(read.code);
    names.replaceChildren(...namesOf(place));
    told.replaceChildren();
    form.ready(place);
  } catch (wrong) {
    if (wrong instanceof No && wrong.status < 500 && wrong.status !== 429) {
      form.made.remove();
      told.replaceChildren(h("p", { class: "note late", role: "alert" }, h("strong", {}, t("refused")), " ", wrong.message), ...waysIn());
      return;
    }
    told.replaceChildren(h("p", { class: "note due" }, t("not-checked")));
    form.ready();
  }
}

interface Form {
  made: HTMLElement;
  ready(place?: Place): void;
}

function formOf(read: Read, told: HTMLElement): Form {
  const kept = settings.get("phone") ?? "";
  const phone = h("input", { id: "phone", type: "tel", autocomplete: "tel", inputmode: "tel", value: kept, "aria-describedby": "phone-wrong" });
  const remember = h("input", { id: "remember", type: "checkbox", checked: kept !== "" });
  const wrong = h("p", { id: "phone-wrong", class: "wrong", role: "alert" });
  const press = h("button", { type: "submit", class: "main", disabled: true }, t("check-in"));
  let known: Place | undefined;
  const submit = (event: Event) => {
    event.preventDefault();
    const number = phone.value.trim();
    const good = PHONE.test(number) && number.replace(/\D/g, "").length >= FEWEST_DIGITS;
    phone.setAttribute("aria-invalid", String(!good));
    wrong.textContent = good ? "" : t("phone-wrong");
    if (!good) return phone.focus();
    remembered(remember.checked ? number : "");
    press.disabled = true;
    checkIn(read, number, known).catch(() => {
      press.disabled = false;
      told.replaceChildren(h("p", { class: "note late", role: "alert" }, t("keeps-nothing")));
    });
  };
  const made = h(
    "form",
    { novalidate: true, submit },
    h("label", { for: "phone" }, t("phone")),
    phone,
    wrong,
    h("label", { class: "check" }, remember, h("span", {}, t("remember"))),
    press,
    h("p", { class: "soft" }, t("sealed")),
  );
  return {
    made,
    ready(place) {
      known = place;
      press.disabled = false;
    },
  };
}

function remembered(phone: string): void {
  if (phone) settings.set("phone", phone);
  else settings.forget("phone");
}
