import { formatNamed, readRecords } from '../../../adapters/formats.ts';
import { sniffSeparator } from '../../../adapters/csv/sniffSeparator.ts';
import { byteOrderMark, utf8OrGb18030 } from '../../../adapters/reading/text/sniffEncoding.ts';
import type { XlsxOptions } from '../../../adapters/xlsx/options.ts';
import { columnsOf } from './store/formerBatches.ts';
import type { BatchRow } from './store/batches.ts';
import { rawBytes } from '../rows/store/sealedParts.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { IntakeServices } from './services.ts';
import { defined } from '../../../terms/defined.ts';

/** The format of a file, so that its bad rows can be returned in the same form. */
export interface BatchSource {
  readonly format: string;
  /** names as in the file; absent for trees, and where its raw bytes are destroyed */
  readonly columns?: readonly string[];
  /** of a text file */
  readonly encoding?: string;
  readonly separator?: string;
  /** of a workbook, where its mapping names one */
  readonly sheet?: string;
  /** of a workbook, or of a CSV file with lines above its headings: the line of the headings (the last of several), from 1 */
  readonly headerRow?: number;
}

/** Formats whose first records are read without reading the whole file. */
const streamed: readonly string[] = ['csv', 'fixed', 'dbf'];

/** undefined where its mapping is no longer known. Reads no further than the first records. */
export async function sourceOf(
  services: Pick<IntakeServices, 'database' | 'sealer'>,
  batch: BatchRow,
  dataset: LiveDataset | undefined,
): Promise<BatchSource | undefined> {
  const mapping = dataset?.mappings.get(batch.mapping ?? '')?.compiled;
  if (mapping === undefined) return undefined;
  const { format } = mapping;
  const options = mapping.options as Readonly<Record<string, unknown>>;
  if (format === 'xlsx') return workbookForm(services, batch, mapping.options as XlsxOptions);
  if (!streamed.includes(format)) return { format };
  try {
    const bytes = rawBytes(services.database.app, services.sealer, batch.id);
    const columns = await firstColumns(format, bytes, options);
    const text = format === 'csv' ? await textForm(services, batch.id, options) : {};
    return { format, ...defined({ columns }), ...text, ...headingLine(format, options) };
  } catch {
    // the raw bytes are destroyed or unreadable: its rows are returned without column names
    return { format };
  }
}

/** A workbook with one heading line can be written again so that its mapping reads it; for any other, only the format is returned. */
async function workbookForm(
  { database }: Pick<IntakeServices, 'database'>,
  { id }: BatchRow,
  { sheet, headerRows, columns: named, firstRow, lastRow, fillDown }: XlsxOptions,
): Promise<BatchSource> {
  const format = 'xlsx';
  const [headerRow, more] = headerRows;
  const other = [more, named, firstRow, lastRow, fillDown].some((one) => one !== undefined);
  if (headerRow === undefined || other || (typeof sheet === 'number' && sheet !== 1)) return { format };
  const columns = await columnsOf(database.app, id);
  if (columns === undefined) return { format };
  return { format, columns, headerRow, ...(typeof sheet === 'string' ? { sheet } : {}) };
}

/** The line of the headings of a CSV file, where lines are above it. Names of several heading lines are joined: they fit the last one. */
function headingLine(
  format: string,
  { headerRows, columns }: Readonly<Record<string, unknown>>,
): Pick<BatchSource, 'headerRow'> {
  if (format !== 'csv' || columns !== undefined || !Array.isArray(headerRows)) return {};
  const headerRow = Math.max(0, ...(headerRows as readonly number[]));
  return headerRow > 1 ? { headerRow } : {};
}

async function firstColumns(
  format: string,
  bytes: AsyncIterable<Uint8Array>,
  options: unknown,
): Promise<readonly string[] | undefined> {
  for await (const part of readRecords(formatNamed(format), bytes, options))
    return part.kind === 'table' ? part.columns : undefined;
  return undefined;
}

/** Encoding and separator, detected as the reader does where the mapping leaves them open. */
async function textForm(
  { database, sealer }: Pick<IntakeServices, 'database' | 'sealer'>,
  batch: string,
  options: Readonly<Record<string, unknown>>,
): Promise<Pick<BatchSource, 'encoding' | 'separator'>> {
  const named = typeof options['encoding'] === 'string' ? options['encoding'] : 'auto';
  for await (const part of rawBytes(database.app, sealer, batch)) {
    const sample = part.subarray(0, 64 * 1024);
    const encoding = named === 'auto' ? (byteOrderMark(sample)?.encoding ?? utf8OrGb18030(sample)) : named;
    const wanted = options['separator'];
    const quote = typeof options['quote'] === 'string' ? options['quote'] : '"';
    const separator =
      wanted === 'tab'
        ? '\t'
        : typeof wanted === 'string' && wanted !== 'auto'
          ? wanted
          : sniffSeparator(Buffer.from(sample).toString('latin1'), quote);
    return { encoding, separator };
  }
  return {};
}
