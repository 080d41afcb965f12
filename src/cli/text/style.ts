import picocolors from "picocolors";

/** How to mark text; without colour every mark leaves the text alone. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly cyan: (text: string) => string;
}

/** What a view needs to know of the screen that it writes for. */
export interface Screen {
  readonly columns: number;
  readonly style: Style;
}

export function styleOf(isColoured: boolean): Style {
  return picocolors.createColors(isColoured);
}
