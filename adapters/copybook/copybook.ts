/** Reads files of a COBOL host, described by their copybook. */
import { Problem } from '../../terms/problem.ts';
import type { Bytes, Format, TreeBatch } from '../reading/reader.ts';
import { markedFile } from '../reading/text/fileMark.ts';
import { encodingOf } from '../reading/text/encodings.ts';
import { framedRecords } from './framing.ts';
import { HostFile } from './hostFile.ts';
import { copybookOptionsSchema, type CopybookOptions } from './options.ts';
import { contradictionOfSegments } from './record/segmentParents.ts';
import { unusedCopybookOptions } from './unusedOptions.ts';

export const copybook: Format = {
  name: 'copybook',
  title: {
    zh: 'COBOL 记录布局描述的主机文件',
    en: 'Host files described by a COBOL copybook',
  },
  optionsSchema: copybookOptionsSchema,
  contradiction: (options) => contradictionOfSegments(options as CopybookOptions),
  unused: (options) => unusedCopybookOptions(options as CopybookOptions),
  read: (bytes, options) => readCopybook(bytes, options as CopybookOptions),
};

/** @throws Problem copybook_invalid, copybook_reference, file_empty, file_truncated, file_framing_wrong */
async function* readCopybook(bytes: Bytes, options: CopybookOptions): AsyncGenerator<TreeBatch> {
  const host = new HostFile(options);
  let empty = true;
  for await (const framed of framedRecords(await unmarked(bytes, options), options, host.nextFrame)) {
    empty = false;
    yield* host.batches(framed);
  }
  if (empty) throw new Problem('file_empty');
  const rest = host.finish();
  if (rest !== undefined) yield rest;
}

/** Lines of UTF-8 without the byte order mark before them. */
export async function unmarked(bytes: Bytes, { encoding, recordFormat }: CopybookOptions): Promise<Bytes> {
  if (recordFormat !== 'D' || encoding === 'ebcdic' || encodingOf(encoding) !== 'utf-8') return bytes;
  const file = await markedFile(bytes, 'utf-8');
  return file.bytes;
}
