/** `adapt --preview`: shows the first records before a whole file is read. */
import { copybook } from '../../../adapters/copybook/copybook.ts';
import {
  previewCopybook,
  type CopybookPreview,
  type PreviewRecord,
} from '../../../adapters/copybook/preview.ts';
import type { CompanionFiles } from '../../../adapters/reading/reader.ts';
import { data, say } from '../verb.ts';
import { adaptedRecords } from './adaptFile.ts';
import type { Input } from './readInput.ts';
import { defined } from '../../../terms/defined.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { counted } from '../../../terms/counted.ts';

const shownRecords = 3;
const shownFields = 60;

export interface PreviewRequest {
  readonly format: string;
  readonly options: unknown;
  readonly companions: CompanionFiles;
  readonly json: boolean;
}

export async function preview(input: Input, request: PreviewRequest): Promise<void> {
  if (request.format === copybook.name) {
    const seen = await previewCopybook(input.chunks, request.options, shownRecords);
    const parts = partsOf(seen, input.size, request.options);
    const remainder = parts !== undefined && parts.bytes >= 0 ? parts.remainder : undefined;
    const { stopped, ...shown } = seen;
    if (request.json) {
      const problem = stopped === undefined ? {} : { problem: { code: stopped.code, message: stopped.text } };
      data(JSON.stringify({ ...shown, ...defined({ remainder }), ...problem }));
    } else printCopybook(seen, parts);
    return;
  }
  let shown = 0;
  for await (const { rows, bad } of adaptedRecords(
    input.chunks,
    request.format,
    request.options,
    request.companions,
  )) {
    for (const row of rows.slice(0, shownRecords - shown))
      data(JSON.stringify(row, null, request.json ? 0 : 1));
    for (const { problems } of bad.slice(0, shownRecords))
      for (const problem of problems) data(JSON.stringify(problem));
    shown += rows.length + bad.length;
    if (shown >= shownRecords) break;
  }
}

/** A file of records of one length, as its size shows it. */
interface FileParts {
  readonly size: number;
  readonly header: number;
  readonly trailer: number;
  /** between header and trailer; below 0 where the file is smaller than these */
  readonly bytes: number;
  readonly recordLength: number;
  readonly whole: number;
  /** 0 means that the layout fits */
  readonly remainder: number;
}

function partsOf(
  { recordLength }: CopybookPreview,
  size: number | undefined,
  options: unknown,
): FileParts | undefined {
  if (recordLength === undefined || size === undefined) return undefined;
  const { fileHeaderBytes: header = 0, fileTrailerBytes: trailer = 0 } = options as {
    fileHeaderBytes?: number;
    fileTrailerBytes?: number;
  };
  const bytes = size - header - trailer;
  const whole = Math.floor(bytes / recordLength);
  return { size, header, trailer, bytes, recordLength, whole, remainder: bytes % recordLength };
}

function sizeText({ size, header, trailer, bytes, recordLength, whole, remainder }: FileParts): Bilingual {
  if (bytes < 0)
    return {
      zh: `文件 ${size} 字节，小于文件头 ${header} 字节与文件尾 ${trailer} 字节之和：与选项不符`,
      en: `file of ${size} bytes is smaller than its header of ${header} and its trailer of ${trailer}: the options do not fit`,
    };
  const around = [
    { bytes: header, zh: '文件头', en: 'header' },
    { bytes: trailer, zh: '文件尾', en: 'trailer' },
  ].filter((part) => part.bytes > 0);
  const [zh, en] = [
    around.map((part) => `${part.zh} ${part.bytes} + `),
    around.map((part) => `${part.en} ${part.bytes} + `),
  ];
  return {
    zh: `文件 ${size} 字节 = ${zh.join('')}${whole} × ${recordLength}，余 ${remainder}${remainder === 0 ? '' : '：与记录布局不符'}`,
    en: `file of ${size} bytes = ${en.join('')}${whole} × ${recordLength}, remainder ${remainder}${remainder === 0 ? '' : ': the copybook does not fit'}`,
  };
}

function printCopybook(seen: CopybookPreview, parts: FileParts | undefined): void {
  const { layoutLength, records } = seen;
  data(
    say({
      zh: `记录布局描述 ${layoutLength} 字节`,
      en: `the copybook describes ${counted(layoutLength, 'byte')}`,
    }),
  );
  if (parts !== undefined) data(say(sizeText(parts)));
  for (const record of records) printRecord(record);
  if (seen.stopped !== undefined) data(`\n${say(seen.stopped.text)} (${seen.stopped.code})`);
}

function printRecord({ number, offset, length, hex, fields }: PreviewRecord): void {
  data('');
  data(
    say({
      zh: `第 ${number} 条，字节 ${offset}，长 ${length}`,
      en: `record ${number}, byte ${offset}, ${counted(length, 'byte')}`,
    }),
  );
  for (let at = 0; at < Math.min(hex.length, 256); at += 64) {
    data(`  ${String(at / 2).padStart(5)}  ${(hex.slice(at, at + 64).match(/.{1,8}/g) ?? []).join(' ')}`);
  }
  const width = Math.max(...fields.slice(0, shownFields).map(({ path }) => path.length));
  for (const { path, at, size, hex: bytes, value } of fields.slice(0, shownFields)) {
    const shown = bytes.length > 32 ? `${bytes.slice(0, 32)}…` : bytes;
    data(
      `  ${String(at).padStart(5)} +${String(size).padEnd(4)} ${path.padEnd(width)}  ${shown.padEnd(33)} ${JSON.stringify(value)}`,
    );
  }
  if (fields.length > shownFields) data(`  … ${fields.length - shownFields}`);
}
