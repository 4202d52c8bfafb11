/** `datong rows push DATASET`: records of a program, a line each, in signed calls without a file. */
import { createReadStream, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { featureTexts } from '../../adapters/json/geoJson.ts';
import { registerAttachments } from './attachment.ts';
import { registerRowsBridge } from './bridge/rowsBridgeVerb.ts';
import type { RowsAnswer } from '../sdk/pushUntilAnswered.ts';
import { RecordTooLong, RowPusher } from '../sdk/rowPusher.ts';
import { linesOf } from './linesOf.ts';
import { withProfile } from './profile.ts';
import { data, exitCode, failureOf, talk } from './verb.ts';
import { registerRowsCases } from './rowsCases.ts';
import { registerRowsChange } from './rowsChange.ts';
import { wholeNumber } from './values.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { defined } from '../../terms/defined.ts';

interface PushOptions extends ClientVerbOptions {
  readonly mapping?: string;
  readonly geojson?: boolean;
  readonly problems: number;
}

export function register(program: Command): void {
  const rows = program.command('rows').description('不经文件报送行 / send rows without a file');
  withProfile(rows.command('push'))
    .description(
      '逐行读取 JSON 并报送至本部门的数据资源 / send records to a dataset of this department, a line of JSON each',
    )
    .argument('<dataset>', 'such as ecology.air-quality-live')
    .argument('[file]', 'NDJSON, a record a line (default: standard input)')
    .option(
      '--geojson',
      'the file is a GeoJSON FeatureCollection or Feature; a geometry is the place of its row',
    )
    .option('--mapping <name>', 'registered mapping that reads JSON (default: the fields of the schema)')
    .option('--problems <count>', 'problems of rows to show', wholeNumber(0, 1_000), 20)
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nExample:\n  $ gateway | datong rows push ecology.air-quality-live --as ecology')
    .action(push);
  registerRowsChange(rows);
  registerRowsCases(rows);
  registerRowsBridge(rows);
  registerAttachments(rows);
}

async function push(dataset: string, file: string | undefined, options: PushOptions): Promise<void> {
  await withClient(options, async (client) => {
    const problems = shownProblems(options);
    const pusher = new RowPusher((input) => client.call(input), dataset, {
      ...defined({ mapping: options.mapping, isGeoJson: options.geojson }),
      onAnswer: problems.answered,
      onRetry: (error) => {
        const { text } = failureOf(error);
        const seconds = Math.round(pusher.lagMs / 1000);
        talk({
          zh: `将重新发送（已等待 ${seconds} 秒）：${text.zh}`,
          en: `sending again after ${seconds} s: ${text.en}`,
        });
      },
    });
    let notSent = 0;
    for await (const line of options.geojson === true ? features(file) : lines(file)) {
      problems.read(line);
      if (line.trim() === '') continue;
      try {
        await pusher.push(line);
      } catch (error) {
        if (!(error instanceof RecordTooLong)) throw error;
        problems.notTaken(error);
        notSent += 1;
      }
    }
    const totals = await pusher.flush();
    const bad = totals.quarantined + notSent;
    if (options.json === true) data(JSON.stringify({ ok: bad === 0, ...totals, notSent }));
    talk({
      zh: `${totals.accepted} 行已保存，${bad} 行有问题，共 ${totals.calls} 次调用`,
      en: `${totals.accepted} rows stored, ${bad} bad, in ${totals.calls} calls`,
    });
    if (bad > 0) process.exitCode = exitCode.refused;
  });
}

const lines = (file: string | undefined): AsyncIterable<string> =>
  linesOf(file === undefined ? process.stdin : createReadStream(file));

/** Nesting of a feature that is read. */
const maxDepth = 64;

/** Each feature as one line. The file is read whole, as its reference system may be named at its end. @throws Problem as featureTexts */
function features(file: string | undefined): readonly string[] {
  const text = readFileSync(file ?? 0, 'utf8');
  // a text in JSON has no line end
  return featureTexts(text, maxDepth).map((feature) => feature.replaceAll(/[\r\n]+/g, ' '));
}

/** Prints the bad lines, up to a maximum number. */
function shownProblems({ problems, geojson = false }: PushOptions): {
  readonly read: (line: string) => void;
  /** the line read last was not taken */
  readonly notTaken: (error: RecordTooLong) => void;
  readonly answered: (answer: RowsAnswer, first: number) => void;
} {
  let line = 0;
  let shown = 0;
  /** line of each record that is not answered yet; the first of them is the record `from` */
  let lines: number[] = [];
  let from = 0;
  const show = (at: number, { zh, en }: Bilingual): void => {
    if (shown === problems) return;
    shown += 1;
    talk({
      zh: `第 ${at} ${geojson ? '个要素' : '行'}${zh}`,
      en: `${geojson ? 'feature' : 'line'} ${at}${en}`,
    });
  };
  return {
    read: (text) => {
      line += 1;
      if (text.trim() !== '') lines.push(line);
    },
    notTaken: ({ maxBytes }) => {
      lines.pop();
      show(line, { zh: `：超过 ${maxBytes} 字节，未发送`, en: `: over ${maxBytes} bytes, not sent` });
    },
    answered: ({ quarantined, accepted, skipped = 0 }, first) => {
      for (const { index, field, rule } of quarantined)
        show(lines[first - from + index] ?? 0, {
          zh: `${field === undefined ? '' : `，${field}`}：${rule}`,
          en: `${field === undefined ? '' : `, ${field}`}: ${rule}`,
        });
      const answered = first + accepted + skipped + quarantined.length;
      lines = lines.slice(answered - from);
      from = answered;
    },
  };
}
