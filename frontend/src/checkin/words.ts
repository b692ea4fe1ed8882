// The texts of the page, in both languages, as the program's message catalogue has them (gate/texts.py).
import type { Names } from "./code";
import { settings } from "./settings";

export const LANGUAGES = ["zh-hans", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

const texts = JSON.parse(document.getElementById("texts")?.textContent ?? "{}") as Record<Language, Record<string, string>>;

let chosen: Language = first();

export function language(): Language {
  return chosen;
}

/** Choose a language, for this phone from now on. */
export function choose(wanted: Language): void {
  chosen = wanted;
  settings.set("language", wanted);
  document.documentElement.lang = wanted === "en" ? "en" : "zh-Hans";
  document.title = t("title");
}

/** A text, with its values in place of %(name)s. */
export function t(key: string, values: Record<string, string> = {}): string {
  const text = texts[chosen]?.[key] ?? key;
  return text.replace(/%\((\w+)\)s/g, (_all, name: string) => values[name] ?? "");
}

/** The names in the language chosen, and those in the other one where it has them. */
export function named(names: Names): { place: string; zone: string; other: string } {
  const chinese = [names.name_zh, names.zone_zh];
  const english = [names.name_en || names.name_zh, names.zone_en || names.zone_zh];
  const [own, others] = chosen === "en" ? [english, chinese] : [chinese, english];
  const other = others.filter((name) => name && !own.includes(name)).join(" · ");
  return { place: own[0] ?? "", zone: own[1] ?? "", other };
}

export function clock(at: Date, seconds = false): string {
  const second = seconds ? ({ second: "2-digit" } as const) : {};
  return at.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", ...second });
}

function first(): Language {
  const kept = settings.get("language");
  if (kept === "en" || kept === "zh-hans") return kept;
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked === "en" || asked === "zh-hans") return asked;
  const known = navigator.languages.find((one) => /^(zh|en)\b/i.test(one)) ?? document.documentElement.lang;
  return /^zh/i.test(known) ? "zh-hans" : "en";
}
