// The few small things this phone remembers: the language, how far its clock is off, a phone number if its owner says so.

type Name = "language" | "phone" | "off";
const PREFIX = "epiloop-checkin-";

export const settings = {
  get(name: Name): string | null {
    try {
      return localStorage.getItem(PREFIX + name);
    } catch {
      return null; // a browser that keeps nothing: the page works, and forgets
    }
  },
  set(name: Name, value: string): void {
    try {
      localStorage.setItem(PREFIX + name, value);
    } catch {
      // as above
    }
  },
  forget(...names: Name[]): void {
    for (const name of names) {
      try {
        localStorage.removeItem(PREFIX + name);
      } catch {
        // as above
      }
    }
  },
};
