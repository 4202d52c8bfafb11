import { readFileSync } from 'node:fs';
import { Option, type Command } from 'commander';
import { requestOf } from '../../../policies/cases/policyCase.ts';
import { readText } from '../../../policies/documents/readText.ts';
import { explain, type Audience, type Explanation } from '../../../policies/explain.ts';
import { maskText } from '../../../policies/masks/maskText.ts';
import { columns } from '../printedText.ts';
import { data, exitCode, say, VerbFailure } from '../verb.ts';
import { compileFolder, timeOf } from './policyFolder.ts';
import { isObject } from '../../../terms/isObject.ts';

interface Options {
  readonly request: string;
  readonly json?: boolean;
  readonly at?: string;
  readonly audience: Audience;
}

export function registerExplain(policy: Command): void {
  policy
    .command('explain')
    .description('解释一次请求为何允许或拒绝 / why a request is allowed or denied, field by field')
    .argument('<dir>', 'folder of documents')
    .requiredOption(
      '--request <file>',
      'consumer, dataset, agreement, purpose, onBehalfOf, matter, fields, filter, sort, limit, callsToday (YAML or JSON)',
    )
    .option('--json', 'explanation as JSON')
    .option('--at <time>', "decision time (default: the request's now, else the clock)")
    .addOption(
      new Option('--audience <who>', 'what may be explained')
        .choices(['consumer', 'auditor'])
        .default('auditor'),
    )
    .addHelpText('after', '\nExample: datong policy explain samples/ --request ask.json')
    .action((dir: string, options: Options) => run(dir, options));
}

function run(dir: string, options: Options): void {
  const { plans } = compileFolder(dir);
  const request = readRequest(options.request);
  const now = timeOf(options.at ?? (typeof request['now'] === 'string' ? request['now'] : undefined));
  const { callsToday } = request;
  const explanation = explain(requestOf(request), plans, now, options.audience, {
    // the request states the number of calls, because a folder of documents has none
    ...(typeof callsToday === 'number' ? { callsToday } : {}),
  });
  data(options.json === true ? JSON.stringify(explanation) : explanationText(explanation));
  process.exitCode = explanation.effect === 'allow' ? exitCode.ok : exitCode.refused;
}

const requestMembers = new Set([
  'consumer',
  'dataset',
  'agreement',
  'purpose',
  'onBehalfOf',
  'matter',
  'fields',
  'filter',
  'sort',
  'limit',
  'now',
  'callsToday',
]);

/** @throws VerbFailure unless the file is a request with known members */
function readRequest(file: string): Readonly<Record<string, unknown>> {
  const [document] = readText(readFileSync(file, 'utf8'), file);
  const value = document?.value;
  const unknown = isObject(value) ? Object.keys(value).find((name) => !requestMembers.has(name)) : undefined;
  if (isObject(value) && document?.findings.length === 0 && unknown === undefined) return value;
  throw new VerbFailure(exitCode.local, {
    zh: `${file} 不是请求文件${unknown === undefined ? '' : `：不认识的成员 ${unknown}`}`,
    en: `${file} is no request${unknown === undefined ? '' : `: unknown member ${unknown}`}`,
  });
}

function explanationText(explanation: Explanation): string {
  const { effect, code, text, at } = explanation;
  const head =
    effect === 'allow'
      ? say({ zh: '允许', en: 'allowed' })
      : `${say({ zh: '拒绝', en: 'denied' })}  ${code ?? ''}${at === undefined ? '' : ` (${at})`}  ${text === undefined ? '' : say(text)}`;
  return [
    head,
    '',
    ...stepLines(explanation),
    '',
    ...fieldLines(explanation),
    ...permitLines(explanation),
  ].join('\n');
}

const stepLines = ({ steps }: Explanation): readonly string[] =>
  columns(steps.map(({ check, outcome, ref = '' }) => [outcome === 'pass' ? '✓' : '✗', check, ref]));

function fieldLines({ fields }: Explanation): readonly string[] {
  if (fields.length === 0) return [];
  const head = [
    say({ zh: '数据项', en: 'field' }),
    say({ zh: '共享协议', en: 'granted' }),
    say({ zh: '实际', en: 'effective' }),
    say({ zh: '收紧者', en: 'tightened by' }),
    say({ zh: '仍可看出', en: 'still reveals' }),
  ];
  return columns([
    head,
    ...fields.map(({ field, granted, effective, floors, reveals, code }) => [
      field,
      granted === undefined ? '–' : maskText(granted),
      effective === undefined ? (code ?? '–') : maskText(effective),
      (floors ?? []).map(({ id }) => id).join(' '),
      reveals === undefined ? '' : say(reveals),
    ]),
  ]);
}

/** What would permit the request. */
function permitLines({ whatWouldPermit }: Explanation): readonly string[] {
  if (whatWouldPermit.length === 0) return [];
  const rows = whatWouldPermit.map(({ who, change, options = [] }) => [
    `  ${who}`,
    say(change),
    options.join(', '),
  ]);
  return ['', say({ zh: '怎样才会允许：', en: 'what would permit it:' }), ...columns(rows)];
}
