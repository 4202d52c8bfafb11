/** `datong rows push DATASET`: records of a program, a line each, in signed calls without a file. */
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { featureTexts } from '../../adapters/json/geoJson.ts';
import { registerAttachments } from './attachment.ts';
import { registerRowsBridge } from './bridge/rowsBridgeVerb.ts';
import type { RowsAnswer } from '../sdk/pushUntilAnswered.ts';
import { RowPusher } from '../sdk/rowPusher.ts';
import { withProfile } from './profile.ts';
import { data, exitCode, failureOf, talk } from './verb.ts';
import { registerRowsCases } from './rowsCases.ts';
import { registerRowsChange } from './rowsChange.ts';
import { wholeNumber } from './values.ts';
import { withClient, type ClientVerbOptions } from './withClient.ts';
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
    for await (const line of options.geojson === true ? features(file) : lines(file)) {
      problems.read(line);
      if (line.trim() !== '') await pusher.push(line);
    }
    const totals = await pusher.flush();
    if (options.json === true) data(JSON.stringify({ ok: totals.quarantined === 0, ...totals }));
    talk({
      zh: `${totals.accepted} 行已保存，${totals.quarantined} 行有问题，共 ${totals.calls} 次调用`,
      en: `${totals.accepted} rows stored, ${totals.quarantined} bad, in ${totals.calls} calls`,
    });
    if (totals.quarantined > 0) process.exitCode = exitCode.refused;
  });
}

const lines = (file: string | undefined): AsyncIterable<string> =>
  createInterface({
    input: file === undefined ? process.stdin : createReadStream(file),
    crlfDelay: Infinity,
  });

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
  readonly answered: (answer: RowsAnswer, first: number) => void;
} {
  let line = 0;
  let shown = 0;
  /** line of each record that is not answered yet; the first of them is the record `from` */
  let lines: number[] = [];
  let from = 0;
  return {
    read: (text) => {
      line += 1;
      if (text.trim() !== '') lines.push(line);
    },
    answered: ({ quarantined, accepted, skipped = 0 }, first) => {
      for (const { index, field, rule } of quarantined) {
        if (shown === problems) break;
        shown += 1;
        const at = lines[first - from + index] ?? 0;
        talk({
          zh: `第 ${at} ${geojson ? '个要素' : '行'}${field === undefined ? '' : `，${field}`}：${rule}`,
          en: `${geojson ? 'feature' : 'line'} ${at}${field === undefined ? '' : `, ${field}`}: ${rule}`,
        });
      }
      const answered = first + accepted + skipped + quarantined.length;
      lines = lines.slice(answered - from);
      from = answered;
    },
  };
}
