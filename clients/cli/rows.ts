/** `datong rows push DATASET`: records of a program, one a line or one array, in signed calls without a file. */
import type { Command } from 'commander';
import { registerAttachments } from './attachment.ts';
import { registerRowsBridge } from './bridge/rowsBridgeVerb.ts';
import { maxBytesOfCall, type RowsAnswer } from '../sdk/pushUntilAnswered.ts';
import { RecordTooLong, RowPusher } from '../sdk/rowPusher.ts';
import { withProfile } from './profile.ts';
import { featuresIn, looksLikeCsv, recordsIn, textOf, type PushedRecord } from './pushedRecords.ts';
import { data, exitCode, failureOf, talk, VerbFailure } from './verb.ts';
import { registerRowsCases } from './rowsCases.ts';
import { registerRowsChange } from './rowsChange.ts';
import { wholeNumber } from './values.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { counted } from '../../terms/counted.ts';
import { defined } from '../../terms/defined.ts';
import { Problem } from '../../terms/problem.ts';

interface PushOptions extends ClientVerbOptions {
  readonly mapping?: string;
  readonly geojson?: boolean;
  readonly problems: number;
}

export function register(program: Command): void {
  const rows = program.command('rows').description('不经文件报送行 / send rows without a file');
  withProfile(rows.command('push'))
    .description(
      '读取 JSON（每行一条，或一个数组）并报送至本部门的数据资源 / send records to a dataset of this department: JSON, one a line or one array',
    )
    .argument('<dataset>', 'such as ecology.air-quality-live')
    .argument('[file]', 'JSON records, one a line or one array (default: standard input)')
    .option(
      '--geojson',
      'the file is a GeoJSON FeatureCollection or Feature; a geometry is the place of its row',
    )
    .option('--mapping <name>', 'registered mapping that reads JSON (default: the fields of the schema)')
    .option('--problems <count>', 'problems of rows to show', wholeNumber(0, 1_000), 20)
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  $ gateway | datong rows push ecology.air-quality-live --as ecology\n  $ datong rows push ecology.air-quality-live readings.json --as ecology',
    )
    .action(push);
  registerRowsChange(rows);
  registerRowsCases(rows);
  registerRowsBridge(rows);
  registerAttachments(rows);
}

async function push(dataset: string, file: string | undefined, options: PushOptions): Promise<void> {
  await withClient(options, async (client) => {
    const problems = shownProblems(options);
    /** submissions of days with bad rows */
    const withBad = new Set<string>();
    let newest: string | undefined;
    const pusher = new RowPusher((input) => client.call(input), dataset, {
      maxBytes: maxBytesOfCall,
      ...defined({ mapping: options.mapping, isGeoJson: options.geojson }),
      onAnswer: (answer, first) => {
        problems.answered(answer, first);
        if (answer.quarantined.length > 0) withBad.add(answer.batch);
        newest = answer.batch;
      },
      onRetry: (error) => {
        const { text } = failureOf(error);
        const seconds = Math.round(pusher.lagMs / 1000);
        talk({
          zh: `将重新发送（已等待 ${seconds} 秒）：${text.zh}`,
          en: `sending again (waited ${seconds} s so far): ${text.en}`,
        });
      },
    });
    /** Calls before the one that failed may have bad rows. */
    const namedBad = (error: unknown): unknown => {
      sayWhereBad(withBad, options);
      return error;
    };
    let notSent = 0;
    let unread: unknown;
    try {
      let isFirst = true;
      for await (const record of read(file, options)) {
        if (isFirst && looksLikeCsv(record)) throw isCsv(dataset, file);
        isFirst = false;
        problems.read(record);
        try {
          if (record.text === undefined) throw new RecordTooLong(maxBytesOfCall);
          await pusher.push(record.text);
        } catch (error) {
          if (!(error instanceof RecordTooLong)) throw error;
          problems.notTaken(error);
          notSent += 1;
        }
      }
    } catch (error) {
      // of the text, not of the hub: the records before are sent all the same
      if (error instanceof Problem) unread = error;
      else throw namedBad(error);
    }
    const totals = await pusher.flush().catch((error: unknown) => {
      throw namedBad(error);
    });
    const bad = totals.quarantined + notSent;
    const batch = [...withBad].at(-1) ?? newest;
    if (options.json === true)
      data(
        JSON.stringify({ ok: bad === 0 && unread === undefined, ...totals, notSent, ...defined({ batch }) }),
      );
    talk({
      zh: `${totals.accepted} 行已保存，${bad} 行有问题，共 ${totals.calls} 次调用`,
      en: `${counted(totals.accepted, 'row')} stored, ${bad} bad, in ${counted(totals.calls, 'call')}`,
    });
    sayWhereBad(withBad, options);
    if (unread !== undefined) throw unread as Error;
    if (bad > 0) process.exitCode = exitCode.refused;
  });
}

function sayWhereBad(batches: Iterable<string>, { as }: PushOptions): void {
  const by = as === undefined ? '' : ` --as ${as}`;
  for (const batch of batches)
    talk({
      zh: `处理建议：datong batch quarantine ${batch}${by} 列出问题行`,
      en: `next: datong batch quarantine ${batch}${by} lists the bad rows`,
    });
}

const isCsv = (dataset: string, file = 'FILE'): VerbFailure =>
  new VerbFailure(
    exitCode.local,
    { zh: '这是 CSV，不是 JSON；没有报送任何行', en: 'this is CSV, not JSON; no row was sent' },
    { zh: `用 datong send ${file} --dataset ${dataset}`, en: `use datong send ${file} --dataset ${dataset}` },
  );

const read = (
  file: string | undefined,
  { geojson = false }: PushOptions,
): Iterable<PushedRecord> | AsyncIterable<PushedRecord> =>
  geojson ? featuresIn(file) : recordsIn(textOf(file));

const units: Readonly<Record<PushedRecord['unit'], (at: number) => Bilingual>> = {
  line: (at) => ({ zh: `第 ${at} 行`, en: `line ${at}` }),
  record: (at) => ({ zh: `第 ${at} 条`, en: `record ${at}` }),
  feature: (at) => ({ zh: `第 ${at} 个要素`, en: `feature ${at}` }),
};

/** Prints the bad records, up to a maximum number. */
function shownProblems({ problems }: PushOptions): {
  readonly read: (record: PushedRecord) => void;
  /** the record read last was not taken */
  readonly notTaken: (error: RecordTooLong) => void;
  readonly answered: (answer: RowsAnswer, first: number) => void;
} {
  let shown = 0;
  /** place of each record that is not answered yet; the first of them is the record `from` */
  let places: Pick<PushedRecord, 'unit' | 'at'>[] = [];
  let from = 0;
  const show = (place: Pick<PushedRecord, 'unit' | 'at'> | undefined, { zh, en }: Bilingual): void => {
    if (place === undefined || shown === problems) return;
    shown += 1;
    const named = units[place.unit](place.at);
    talk({ zh: `${named.zh}${zh}`, en: `${named.en}${en}` });
  };
  return {
    read: ({ unit, at }) => places.push({ unit, at }),
    notTaken: ({ maxBytes }) =>
      show(places.pop(), { zh: `：超过 ${maxBytes} 字节，未发送`, en: `: over ${maxBytes} bytes, not sent` }),
    answered: ({ quarantined, accepted, skipped = 0 }, first) => {
      for (const { index, field, rule } of quarantined)
        show(places[first - from + index], {
          zh: `${field === undefined ? '' : `，${field}`}：${rule}`,
          en: `${field === undefined ? '' : `, ${field}`}: ${rule}`,
        });
      const answered = first + accepted + skipped + quarantined.length;
      places = places.slice(answered - from);
      from = answered;
    },
  };
}
