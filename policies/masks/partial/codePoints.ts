/** Lengths and positions of masks count code points: a rare character such as 𠮷 counts as one and is never split. */

/** Whether a text has surrogates, i.e. whether code units and code points differ. A loop: no regex in hot masks. */
export function hasSurrogates(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if ((text.charCodeAt(i) & 0xf800) === 0xd800) return true;
  }
  return false;
}

const rows = Array.from({ length: 65 }, (_, n) => '*'.repeat(n));

/** n stars. */
export function stars(n: number): string {
  return rows[n] ?? '*'.repeat(n);
}

/** Number of code points. */
export function pointCount(text: string): number {
  return hasSurrogates(text) ? [...text].length : text.length;
}

/** The first and last code points, with stars between; all stars when the text is shorter than `from`. */
export function headAndTail(text: string, head: number, tail: number, from: number): string {
  if (hasSurrogates(text)) {
    const points = [...text];
    if (points.length < from) return stars(points.length);
    const hidden = points.length - head - tail;
    return points.slice(0, head).join('') + stars(hidden) + points.slice(points.length - tail).join('');
  }
  const { length } = text;
  if (length < from) return stars(length);
  if (tail === 0) return text.slice(0, head) + stars(length - head);
  return text.slice(0, head) + stars(length - head - tail) + text.slice(length - tail);
}

/** Positions that `headAndTail` copies. */
export function headAndTailPositions(length: number, head: number, tail: number, from: number): number[] {
  if (length < from) return [];
  return Array.from({ length }, (_, i) => i).filter((i) => i < head || i >= length - tail);
}

/** An ASCII digit, or the star of an earlier mask. */
export function isDigitOrStar(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 42;
}
