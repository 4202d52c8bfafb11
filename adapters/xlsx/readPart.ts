/** Reads parts of a workbook as text and as markup, strictly well-formed. A violation of an XML rule makes the workbook a damaged one. */
import { asIs, fill } from '../../terms/bilingual.ts';
import { createInflateRaw } from 'node:zlib';
import { Problem } from '../../terms/problem.ts';
import type { Bytes } from '../reading/reader.ts';
import { streamText } from '../reading/text/streamText.ts';
import type { Listener } from '../reading/markup/listener.ts';
import { LocalNames } from '../reading/markup/scope.ts';
import { Tokenizer } from '../reading/markup/tokenizer.ts';
import { xmlEncoding } from '../reading/markup/xmlEncoding.ts';
import type { ZipEntry } from './zipGuard.ts';

/** Maximum length of a text or tag in characters: a cell holds 32,767. */
const maxTextLength = 1_048_576;
const piece = 65_536;

/** The text of a part in pieces. @throws Problem xlsx_damaged */
export async function* partText(entry: ZipEntry): AsyncGenerator<string> {
  try {
    for await (const text of streamText(unpacked(entry), (start) => xmlEncoding(start, 'auto')))
      for (let at = 0; at < text.length; at += piece) yield text.slice(at, at + piece);
  } catch (error) {
    throw damagedPart(entry, error);
  }
}

/** Reports the markup of a part to the listener, and pauses after each piece. @throws Problem xlsx_damaged */
export async function* readPart(entry: ZipEntry, listener: Listener): AsyncGenerator<void> {
  const tokenizer = new Tokenizer(listener, new LocalNames(), maxTextLength);
  for await (const text of partText(entry)) {
    guarded(entry, () => tokenizer.feed(text));
    yield;
  }
  guarded(entry, () => tokenizer.close());
}

function guarded(entry: ZipEntry, read: () => void): void {
  try {
    read();
  } catch (error) {
    throw damagedPart(entry, error);
  }
}

function damagedPart({ name }: ZipEntry, error: unknown): unknown {
  if (!(error instanceof Problem)) return new Problem('xlsx_damaged', { what: asIs(name.slice(0, 60)) });
  const { line, column } = error.facts;
  if (error.code === 'xlsx_damaged') return error;
  const place = [name.slice(0, 60), line, column]
    .filter((part) => part !== undefined && typeof part !== 'object')
    .join(':');
  return new Problem('xlsx_damaged', {
    what: fill({ zh: '{place} {why}', en: '{place} {why}' }, { place, why: error.text }),
  });
}

async function* unpacked({ method, data }: ZipEntry): Bytes {
  if (method === 0) {
    yield data;
    return;
  }
  const inflate = createInflateRaw({ chunkSize: piece });
  inflate.end(data);
  yield* inflate as AsyncIterable<Uint8Array>;
}
