/** The bytes of a block of records together with its text: translated once, so that text fields are plain slices. */
import { codePage, type CodePage } from '../codePages/codePage.ts';
import type { CopybookOptions } from '../options.ts';
import { littleEndian } from '../../reading/text/littleEndian.ts';

export interface RecordSource {
  readonly bytes: Buffer;
  /** one UTF-16 unit a byte */
  readonly text: string;
}

export type Translate = (bytes: Buffer) => string;

export function translator(options: CopybookOptions): Translate {
  if (options.encoding !== 'ebcdic') return (bytes) => bytes.toString('latin1');
  return pageTranslator(codePage(options.codePage));
}

function pageTranslator(page: CodePage): Translate {
  const { table, latin } = page;
  if (latin) {
    const narrow = Uint8Array.from(table);
    return (bytes) => {
      const out = Buffer.allocUnsafe(bytes.length);
      for (let i = 0; i < bytes.length; i += 1) out[i] = narrow[bytes[i] ?? 0] ?? 1;
      return out.toString('latin1');
    };
  }
  return (bytes) => {
    const out = new Uint16Array(bytes.length);
    for (let i = 0; i < bytes.length; i += 1) out[i] = table[bytes[i] ?? 0] ?? 1;
    const text = Buffer.from(out.buffer);
    if (!littleEndian) text.swap16();
    return text.toString('utf16le');
  };
}
