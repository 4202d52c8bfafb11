/** Detects UTF-8 among bytes that are declared, or guessed, to be in another encoding. */

const LF = 10;
const CR = 13;

/**
 * Whether the bytes above 7F of a range are strict UTF-8 with at least one Chinese character or mark. Bytes of GBK, Big5 and single-byte
 * code pages hardly ever are: each of their second bytes would have to be 80–BF.
 */
export function readsAsUtf8(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  let chinese = false;
  for (let at = start; at < end;) {
    const lead = bytes[at] ?? 0;
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const length = lengthFrom(lead);
    if (length === 0 || at + length > end) return false;
    for (let i = 1; i < length; i += 1) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return false;
    if (length === 3 && !isLost(bytes, at)) {
      if (!isChinese(lead, bytes[at + 1] ?? 0)) return false;
      chinese = true;
    }
    at += length;
  }
  return chinese;
}

/** Bytes of the character that begins with this byte above 7F; 0 if none begins with it. */
const lengthFrom = (lead: number): number =>
  lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;

/** U+FFFD, twice of which is 锟斤拷 in GBK. */
const isLost = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd;

/** U+2000–206F, 3000–30FF, 3400–9FFF and FF00–FFEF: the marks and characters of Chinese text, by their first two bytes. */
const isChinese = (lead: number, second: number): boolean =>
  (lead >= 0xe4 && lead <= 0xe9) ||
  (lead === 0xe3 && (second <= 0x83 || second >= 0x90)) ||
  (lead === 0xe2 && second <= 0x81) ||
  (lead === 0xef && second >= 0xbc);

/**
 * The lines of a block that are valid UTF-8, counted from 0; LF, CRLF and lone CR end one. A line of GBK is abandoned at its first
 * character, so that a block costs little more than its bytes up to there.
 */
export function utf8Lines(block: Uint8Array): number[] {
  const found: number[] = [];
  let line = 0;
  eachLine(block, (start, end) => {
    if (readsAsUtf8(block, start, end)) found.push(line);
    line += 1;
  });
  return found;
}

/** Passes each physical line of a block, without its end: LF, CRLF (whose CR is passed) and lone CR end one. @param end exclusive */
export function eachLine(block: Uint8Array, take: (start: number, end: number) => void): void {
  let start = 0;
  let cr = block.indexOf(CR);
  let lf = block.indexOf(LF);
  while (start < block.length) {
    if (lf >= 0 && lf < start) lf = block.indexOf(LF, start);
    if (cr >= 0 && cr < start) cr = block.indexOf(CR, start);
    const isAlone = cr >= 0 && (lf < 0 || cr < lf - 1);
    const end = isAlone ? cr : lf < 0 ? block.length : lf;
    take(start, end);
    start = end + 1;
  }
}
