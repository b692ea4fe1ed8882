// What a scanned code says, read on the phone: the names can be shown without a connection, before anything is sent.
// Nothing is believed here: whether the code is genuine only the gate can say (its keys are not on the phone).

export interface Names {
  name_zh: string;
  name_en: string;
  zone_zh: string;
  zone_en: string;
}

export interface Read extends Names {
  code: string;
  /** Place and zone, the same for every code of the same door. */
  spot: string;
}

const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LONGEST = 2000;

/** The code in a scanned text or an address, and what it says; undefined for anything else. */
export function readCode(text: string): Read | undefined {
  const code = text.trim().slice(text.trim().lastIndexOf("#") + 1);
  if (!code || code.length > LONGEST || [...code].some((sign) => !SIGNS.includes(sign))) return undefined;
  try {
    return claims(code);
  } catch {
    return undefined;
  }
}

function claims(code: string): Read | undefined {
  const message = new Cbor(base32(code)).value();
  const payload = Array.isArray(message) ? message[2] : undefined;
  const said = payload instanceof Uint8Array ? new Cbor(payload).value() : undefined;
  if (!Array.isArray(said) || !(said[1] instanceof Uint8Array)) return undefined;
  const [name_zh, name_en, zone_zh, zone_en] = said.slice(6, 10).map(String) as [string, string, string, string];
  if (!name_zh) return undefined;
  return { code, spot: `${hex(said[1])}/${String(said[2])}`, name_zh, name_en, zone_zh, zone_en };
}

function base32(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const sign of text) {
    held = ((held << 5) | SIGNS.indexOf(sign)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return Uint8Array.from(bytes);
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

type Value = number | string | boolean | null | undefined | Uint8Array | Value[];

/** As much of CBOR (RFC 8949) as codes are made of; maps are passed over. */
class Cbor {
  private at = 0;
  constructor(private readonly bytes: Uint8Array) {}

  value(): Value {
    const first = this.byte();
    const kind = first >> 5;
    if (kind === 7) return { 20: false, 21: true, 22: null }[first & 31];
    const size = this.size(first & 31);
    if (kind === 0) return size;
    if (kind === 1) return -1 - size;
    if (kind === 2) return this.take(size);
    if (kind === 3) return new TextDecoder().decode(this.take(size));
    if (kind === 6) return this.value();
    if (size > LONGEST) throw new RangeError("too many parts");
    const parts = Array.from({ length: kind === 5 ? 2 * size : size }, () => this.value());
    return kind === 4 ? parts : undefined;
  }

  private size(small: number): number {
    if (small < 24) return small;
    if (small > 27) throw new RangeError("not in its one form");
    return this.take(2 ** (small - 24)).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  private byte(): number {
    return this.take(1)[0] ?? 0;
  }

  private take(count: number): Uint8Array {
    if (this.at + count > this.bytes.length) throw new RangeError("ends early");
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}
