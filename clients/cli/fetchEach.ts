/** `datong fetch --by FIELD --each FILE`: many subjects in one exchange, an outcome a line. */
import { readFileSync } from 'node:fs';
import type { DatongClient } from '../sdk/datongClient.ts';
import type { BatchOutcome } from '../sdk/types.ts';
import { contextOf, type ContextOptions } from './callContext.ts';
import { requestedFormat, tableOf, writeRows, type RowsFileOptions, type Table } from './fetch/rowsFile.ts';
import { data, exitCode, talk, VerbFailure } from './verb.ts';
import { keep, withClient, type ClientVerbOptions } from './withClient.ts';

export interface EachOptions extends ClientVerbOptions, ContextOptions, RowsFileOptions {
  readonly by?: string;
  readonly each?: string;
  readonly fields?: string;
  readonly filter?: readonly string[];
  readonly sort?: string;
  readonly limit?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** @throws VerbFailure usage */
export async function fetchEach(dataset: string, options: EachOptions): Promise<void> {
  const { by, each, fields, filter, sort, limit, all } = options;
  const others = [filter, sort, limit, all].some((one) => one !== undefined);
  if (by === undefined || each === undefined || others) {
    throw new VerbFailure(exitCode.usage, {
      zh: '--by 与 --each 须一起使用，且不能与 --filter、--sort、--limit、--all 同用',
      en: '--by and --each go together, and without --filter, --sort, --limit and --all',
    });
  }
  const lines = readFileSync(each === '-' ? 0 : each, 'utf8').split(/\r?\n/);
  const values = lines.map((line) => line.trim()).filter((line) => line !== '');
  const question = {
    by,
    values,
    ...(fields === undefined ? {} : { fields: fields.split(',').map((name) => name.trim()) }),
  };
  const format = requestedFormat(options);
  const ask = async (client: DatongClient): Promise<void> => {
    const {
      json,
      kept: stored,
      exchange,
      check,
    } = await client.batchQuery(dataset, question, contextOf(options));
    const index = check?.receipt?.proof.index;
    if (format === 'json') data(JSON.stringify({ ok: true, ...json, exchange, index }));
    else await writeRows(options, tableOfOutcomes(json.outcomes, question.fields), json.outcomes);
    await keep(options, stored);
    const found = json.outcomes.filter((outcome) => 'records' in outcome).length;
    const unagreed = json.outcomes.filter((outcome) => codeOf(outcome) === 'consent_missing').length;
    talk({
      zh: `${values.length} 个主体：${found} 个有数据，${values.length - found - unagreed} 个没有，${unagreed} 个未同意；签名与回执已核验，日志第 ${index ?? '?'} 条，交换 ${exchange}`,
      en: `${values.length} subjects: ${found} found, ${values.length - found - unagreed} not, ${unagreed} without consent; signature and receipt verified, entry ${index ?? '?'} of the log, exchange ${exchange}`,
    });
  };
  await withClient(options, ask, options);
}

/** Every value has at least one row, by its position in the file, so that a clerk can compare it with their list. */
function tableOfOutcomes(outcomes: readonly BatchOutcome[], fields: readonly string[] | undefined): Table {
  const { header } = tableOf(
    outcomes.flatMap((outcome) => ('records' in outcome ? outcome.records : [])),
    fields,
  );
  const rows = outcomes.flatMap((outcome, at) => {
    const records = 'records' in outcome && outcome.records.length > 0 ? outcome.records : [{}];
    return records.map((record: Readonly<Record<string, unknown>>) => [
      at + 1,
      codeOf(outcome) ?? 'ok',
      ...header.map((name) => record[name]),
    ]);
  });
  return { header: ['#', 'outcome', ...header], rows };
}

const codeOf = (outcome: BatchOutcome): string | undefined => ('code' in outcome ? outcome.code : undefined);
