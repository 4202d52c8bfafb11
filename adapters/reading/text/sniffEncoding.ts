/** Guesses from bytes, used where no encoding is declared. */

/** Encoding named by a byte order mark, with the mark's length; undefined where there is none. */
export function byteOrderMark(
  bytes: Uint8Array,
): { readonly encoding: string; readonly length: number } | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', length: 2 };
  if (a === 0x84 && b === 0x31 && c === 0x95 && d === 0x33) return { encoding: 'gb18030', length: 4 };
  return undefined;
}

/** UTF-16 without a mark: more than a third of the bytes are NUL, nearly all of them on one side of the pairs. */
export function wideWithoutMark(sample: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const nulls = [0, 0];
  for (const [i, byte] of sample.entries()) if (byte === 0) nulls[i & 1] = (nulls[i & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = nulls;
  if (even + odd < sample.length / 3 || sample.length < 4) return undefined;
  if (even < odd / 8) return 'utf-16le';
  return odd < even / 8 ? 'utf-16be' : undefined;
}

/**
 * UTF-8 or GB18030 for a block that holds bytes above 7F. Valid UTF-8 with characters of three or more bytes is UTF-8; where it has
 * only two-byte ones (Latin, Greek, Cyrillic) but reads as common Chinese characters in GB18030, it is GB18030.
 */
export function utf8OrGb18030(block: Uint8Array): 'utf-8' | 'gb18030' {
  const asUtf8 = decoded('utf-8', block);
  if (asUtf8 === undefined) return 'gb18030';
  if (/[\u0800-\uffff]/.test(asUtf8)) return 'utf-8';
  const asGb = decoded('gb18030', block);
  if (asGb === undefined) return 'utf-8';
  // µ, é and ° map to one common character each; a Chinese text uses many
  const chinese = new Set(asGb.match(/[\u4e00-\u9fa5]/g));
  return chinese.size >= 8 && commonGb2312(block) ? 'gb18030' : 'utf-8';
}

/** Whether every pair of high bytes is a level-1 character of GB 2312 (3,755 common ones, B0–D7). */
function commonGb2312(block: Uint8Array): boolean {
  for (let i = 0; i < block.length; i += 1) {
    const lead = block[i] ?? 0;
    if (lead < 0x80) continue;
    const trail = block[i + 1] ?? 0;
    if (lead < 0xb0 || lead > 0xd7 || trail < 0xa1) return false;
    i += 1;
  }
  return true;
}

function decoded(encoding: string, block: Uint8Array): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(block);
  } catch {
    return undefined;
  }
}
