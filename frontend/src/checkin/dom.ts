// Elements, made with their attributes and children at once. Texts go in as text, never as markup.

type Child = Node | string | false | null | undefined;
type Attributes = Record<string, string | boolean | ((event: Event) => void)>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (typeof value === "boolean") made.toggleAttribute(name, value);
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child): child is Node | string => !!child));
  return made;
}

/** A button; pressed again while what it does is being done, it does nothing. */
export function button(text: string, press: () => void | Promise<void>, look = ""): HTMLButtonElement {
  let busy = false;
  const click = async () => {
    if (busy) return;
    busy = true;
    try {
      await press();
    } finally {
      busy = false;
    }
  };
  return h("button", { type: "button", class: look, click: () => void click() }, text);
}
