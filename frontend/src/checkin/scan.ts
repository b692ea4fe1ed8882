// Reading a code: from the camera or from a picture. By the browser's own detector where there is one, else by jsqr.

type Detector = { detect(source: CanvasImageSource): Promise<{ rawValue: string }[]> };
type Detectors = { new (wanted: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const SIDES = [1600, 800, 2400];
/** Longest sides at which a picture is looked at, in pixels: posters fill it, or stand far away in it. */
const EVERY = 200;

async function detector(): Promise<Detector | undefined> {
  const known = (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector;
  try {
    if (known && (await known.getSupportedFormats()).includes("qr_code")) return new known({ formats: ["qr_code"] });
  } catch {
    // some browsers have the name only
  }
  return undefined;
}

async function look(source: CanvasImageSource, width: number, height: number, own?: Detector): Promise<string | undefined> {
  try {
    const [found] = own ? await own.detect(source) : [];
    if (found) return found.rawValue;
  } catch {
    // jsqr looks as well
  }
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width), Math.round(height)];
  const drawn = canvas.getContext("2d", { willReadFrequently: true });
  if (!drawn) return undefined;
  drawn.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { default: jsqr } = await import("jsqr");
  return jsqr(drawn.getImageData(0, 0, canvas.width, canvas.height).data, canvas.width, canvas.height)?.data;
}

/** The text of the code in a picture, undefined if there is none. */
export async function inPicture(file: Blob): Promise<string | undefined> {
  const picture = await createImageBitmap(file);
  const own = await detector();
  const longest = Math.max(picture.width, picture.height);
  for (const side of SIDES) {
    const part = Math.min(1, side / longest);
    const found = await look(picture, picture.width * part, picture.height * part, own);
    if (found) return found;
  }
  return undefined;
}

export const hasCamera = (): boolean => !!navigator.mediaDevices?.getUserMedia;

/** Show what the camera sees in `video` and give what it reads; undefined once `stop` is aborted, or `video` is no longer
 * on the page (another language was chosen, another code came by the address). Raises DOMException. */
export async function byCamera(video: HTMLVideoElement, stop: AbortSignal): Promise<string | undefined> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  try {
    video.srcObject = stream;
    await video.play();
    const own = await detector();
    while (!stop.aborted && video.isConnected) {
      const found = video.videoWidth ? await look(video, video.videoWidth, video.videoHeight, own) : undefined;
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
    return undefined;
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
