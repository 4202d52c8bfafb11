/** What is counted of one field while a file is read, and where; values are compared and never told. */

/** Lines that are told of each kind. */
const mostLines = 100;
/** Different values that are remembered, and their characters in all: what a call may take of memory. */
const mostValues = 200_000;
const mostCharacters = 8 << 20;

/** `empty` and `again` of openapi.yaml's FieldPlaces. */
export interface FieldTold {
  readonly rows: number;
  readonly empty: { count: number; lines: number[] };
  readonly again: { count: number; lines: number[]; whole: boolean };
}

export class FieldTally {
  private rows = 0;
  private characters = 0;
  private whole = true;
  private readonly seen = new Set<string>();
  private readonly empty = { count: 0, lines: [] as number[] };
  private readonly again = { count: 0, lines: [] as number[] };

  /** @param text equal for equal values, undefined for none @param line the physical line on which its row begins */
  add(text: string | undefined, line: number): void {
    this.rows += 1;
    if (text === undefined) {
      note(this.empty, line);
      return;
    }
    if (this.seen.has(text)) note(this.again, line);
    else if (this.seen.size < mostValues && this.characters + text.length <= mostCharacters) {
      this.seen.add(text);
      this.characters += text.length;
    } else this.whole = false;
  }

  told(): FieldTold {
    return { rows: this.rows, empty: this.empty, again: { ...this.again, whole: this.whole } };
  }
}

function note(kind: { count: number; lines: number[] }, line: number): void {
  kind.count += 1;
  if (kind.lines.length < mostLines) kind.lines.push(line);
}
