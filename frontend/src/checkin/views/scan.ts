// What the camera sees, until a code is in it.
import { button, h } from "../dom";
import { arrive, home } from "../flow";
import { byCamera } from "../scan";
import { t } from "../words";
import { waysIn } from "./home";

export function scanView(): HTMLElement[] {
  const stop = new AbortController();
  const video = h("video", { muted: true, playsinline: true, autoplay: true, "aria-label": t("camera-sees") });
  video.muted = true;
  const told = h("div", { role: "alert" });
  byCamera(video, stop.signal)
    .then((found) => (found ? arrive(found) : undefined))
    .catch(() => {
      if (stop.signal.aborted) return;
      video.hidden = true;
      told.append(h("p", { class: "note late" }, t("no-camera")), ...waysIn().slice(-1));
    });
  const leave = () => {
    stop.abort();
    void home();
  };
  return [h("h1", { tabindex: "-1" }, t("hold-still")), video, told, h("div", { class: "acts" }, button(t("cancel"), leave))];
}
