/** The first records of a host file with the bytes of every field: a person checks framing and layout by eye. */
import { Problem } from '../../terms/problem.ts';
import { checkedOptions } from '../reading/optionsCheck.ts';
import type { Bytes, Cell } from '../reading/reader.ts';
import { copybook, unmarked } from './copybook.ts';
import { framedRecords } from './framing.ts';
import { HostFile } from './hostFile.ts';
import type { CopybookOptions } from './options.ts';
import type { Traced } from './record/recordState.ts';
import { defined } from '../../terms/defined.ts';

export interface PreviewField {
  readonly path: string;
  /** from the start of the record's fields */
  readonly at: number;
  readonly size: number;
  readonly hex: string;
  readonly value: Cell;
}

export interface PreviewRecord {
  readonly number: number;
  /** of its fields in the file, after a byte order mark */
  readonly offset: number;
  readonly length: number;
  readonly hex: string;
  readonly fields: readonly PreviewField[];
}

export interface CopybookPreview {
  /** bytes that the copybook describes */
  readonly layoutLength: number;
  /** bytes of every record with its offsets; undefined where records can differ in length */
  readonly recordLength: number | undefined;
  readonly records: readonly PreviewRecord[];
  /** why no more records could be framed; absent where they could */
  readonly stopped?: Problem;
}

/** @throws Problem when options or copybook cannot be read; a file that does not fit them is shown in the preview */
export async function previewCopybook(bytes: Bytes, given: unknown, count: number): Promise<CopybookPreview> {
  const options = checkedOptions(copybook, given) as CopybookOptions;
  const host = new HostFile(options);
  const records: PreviewRecord[] = [];
  let stopped: Problem | undefined;
  try {
    for await (const { bytes: block, ranges, first, offset } of framedRecords(
      await unmarked(bytes, options),
      options,
      host.nextFrame,
    )) {
      for (let i = 0; i * 2 < ranges.length && records.length < count; i += 1) {
        const start = ranges[i * 2] ?? 0;
        const end = ranges[i * 2 + 1] ?? 0;
        records.push(traceRecord(host, block, { number: first + i, start, end, offset: offset + start }));
      }
      if (records.length >= count) break;
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    stopped = error;
  }
  const length =
    options.recordLength ?? options.recordStartOffset + host.reader.length + options.recordEndOffset;
  return {
    layoutLength: host.reader.length,
    recordLength: host.oneLength ? length : undefined,
    records,
    ...defined({ stopped }),
  };
}

function traceRecord(
  host: HostFile,
  block: Buffer,
  place: { readonly number: number; readonly start: number; readonly end: number; readonly offset: number },
): PreviewRecord {
  const fields: PreviewField[] = [];
  const state = host.state(block, place.end);
  state.trace = ({ path, at, size, value }: Traced): void => {
    fields.push({
      path,
      at: at - place.start,
      size,
      hex: block.toString('hex', at, Math.min(at + size, place.end)),
      value,
    });
  };
  host.kinds?.choose(state, place.start);
  host.reader.read(state, place.start);
  return {
    number: place.number,
    offset: place.offset,
    length: place.end - place.start,
    hex: block.toString('hex', place.start, place.end),
    fields,
  };
}
