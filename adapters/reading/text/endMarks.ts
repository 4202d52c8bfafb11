/** Removes the end-of-file marks of DOS at the end of a text. */
export function withoutEndMarks(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x1a) end -= 1;
  return text.slice(0, end);
}
