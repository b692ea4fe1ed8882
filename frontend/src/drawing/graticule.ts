// A quiet base for a map without tiles: meridians and parallels at round distances.
export type Box = { west: number; south: number; east: number; north: number };

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const LINES = 5;

/** The distance in degrees at which some five lines cross a box. */
export function step(box: Box): number {
  const wide = Math.max(box.east - box.west, box.north - box.south);
  return STEPS.find((one) => wide / one <= LINES) ?? 30;
}

/** The multiples of a step between two numbers. */
export function between(low: number, high: number, by: number): number[] {
  const first = Math.ceil(low / by);
  return Array.from({ length: Math.max(0, Math.floor(high / by) - first + 1) }, (_, n) => Number(((first + n) * by).toFixed(6)));
}

/** A longitude or latitude in words: "109.6° E". */
export function degrees(value: number, letters: [string, string]): string {
  return `${Math.abs(value)}° ${value < 0 ? letters[1] : letters[0]}`;
}
