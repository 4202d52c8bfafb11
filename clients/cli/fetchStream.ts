/** `datong fetch --stream`: every row an agreement gives, a line each, written as it is verified; the end is verified too, or exit 5. */
import type { DatongClient } from '../sdk/datongClient.ts';
import { saveStream } from '../sdk/storedStream.ts';
import type { RecordStream } from '../sdk/recordStream.ts';
import { readStream } from '../sdk/resumedStream.ts';
import { contextOf, type ContextOptions } from './callContext.ts';
import type { RowsFileOptions } from './fetch/rowsFile.ts';
import { filterTerms } from './filterTerms.ts';
import type { StreamNote } from '../../certs/streamEnd.ts';
import type { StreamPart } from '../sdk/recordStream.ts';
import { writeFileContent } from './output.ts';
import { printNotes } from './printNotes.ts';
import { exitCode, talk, VerbFailure } from './verb.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';
import { counted } from '../../terms/counted.ts';

export interface StreamOptions extends ClientVerbOptions, ContextOptions, RowsFileOptions {
  readonly fields?: string;
  readonly filter?: readonly string[];
  readonly sort?: string;
  readonly limit?: number;
  readonly all?: boolean;
  readonly by?: string;
  readonly each?: string;
}

/** @throws VerbFailure usage */
export async function fetchStream(dataset: string, options: StreamOptions): Promise<void> {
  const { fields, sort, limit, all, by, each, json, csv, xlsx, geojson, out } = options;
  if ([sort, limit, all, by, each, json, csv, xlsx, geojson, out].some((one) => one !== undefined)) {
    throw new VerbFailure(exitCode.usage, {
      zh: '--stream 不能与 --sort、--limit、--all、--by、--each、--json、--csv、--xlsx、--geojson、-o 同用',
      en: '--stream goes without --sort, --limit, --all, --by, --each, --json, --csv, --xlsx, --geojson and -o',
    });
  }
  const filter = filterTerms(options.filter ?? []);
  const query = {
    ...(fields === undefined ? {} : { fields: fields.split(',').map((name) => name.trim()) }),
    ...(filter.length === 0 ? {} : { filter }),
  };
  const read = async (client: DatongClient): Promise<void> => {
    const notes: StreamNote[] = [];
    let before = 0;
    const take = async (part: StreamPart): Promise<void> => {
      const places = part.notes.map(({ code, records }) => ({
        code,
        records: records.map((at) => at + before),
      }));
      notes.push(...places);
      await write(part.records);
    };
    const place = options.save;
    const streams = await readStream({
      open: (after) => client.stream(dataset, { ...query, ...defined({ after }) }, contextOf(options)),
      read: async (stream) => {
        try {
          if (place === undefined) for await (const part of stream) await take(part);
          else {
            const folder = await saveStream(place, stream, take);
            talk({ zh: `证据已存入 ${folder}`, en: `evidence stored in ${folder}` });
          }
        } finally {
          before += stream.delivered;
        }
      },
      whenBroken: () =>
        talk({
          zh: `连接在第 ${before} 行后中断，从最后核验的部分继续`,
          en: `the connection broke after ${counted(before, 'row')}; it is resumed from the last verified part`,
        }),
    });
    printStreams(streams);
    printNotes(notes);
  };
  await withClient(options, read, options);
}

const write = (records: readonly object[]): Promise<void> =>
  writeFileContent(records.map((record) => `${JSON.stringify(record)}\n`).join(''));

function printStreams(streams: readonly RecordStream[]): void {
  const last = streams.at(-1);
  if (last === undefined) return;
  const { end, exchange, withheld } = last;
  const index = end.check.receipt?.proof.index;
  const rows = streams.reduce((sum, { delivered }) => sum + delivered, 0);
  const parts = streams.reduce((sum, stream) => sum + stream.verifiedParts, 0);
  const calls = {
    zh: streams.length === 1 ? '' : `，分 ${streams.length} 次`,
    en: streams.length === 1 ? '' : `, in ${counted(streams.length, 'call')}`,
  };
  talk({
    zh: `${rows} 行，${parts} 段${calls.zh}；签名、结束行与回执已核验，日志第 ${index ?? '?'} 条，交换 ${exchange}`,
    en: `${counted(rows, 'row')} in ${counted(parts, 'part')}${calls.en}; signatures, end and receipt verified, entry ${index ?? '?'} of the log, exchange ${exchange}`,
  });
  for (const [field, code] of Object.entries(withheld))
    talk({ zh: `  未提供 ${field}：${code}`, en: `  withheld ${field}: ${code}` });
}
