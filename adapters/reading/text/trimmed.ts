const isSpace = (code: number): boolean => code <= 32 || code === 0xa0 || code === 0x3000 || code === 0xfeff;

/** Like String.trim, but cheap for the common cell that has nothing to trim. */
export function trimmed(text: string): string {
  if (text.length === 0 || (!isSpace(text.charCodeAt(0)) && !isSpace(text.charCodeAt(text.length - 1))))
    return text;
  return text.trim();
}
