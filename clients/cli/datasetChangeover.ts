/** `datong dataset changeover|switch|abandon ID`: to a new major version of its schema, with the rows that lie there. */
import type { Command } from 'commander';
import { bodyOf } from './approve/waiting.ts';
import { mappingIn } from './mappingFile.ts';
import type { StaffOptions } from './profile.ts';
import { withStaff } from './schema/schemaLife.ts';
import { translated } from './reportedValues.ts';
import { data, say, talk } from './verb.ts';
import { defined } from '../../terms/defined.ts';

interface Shown extends Readonly<Record<string, unknown>> {
  readonly from: string;
  readonly to: string;
  readonly state: string;
  readonly stage?: string;
  readonly sunset?: string;
  readonly digest?: string;
  readonly bytes?: number;
  readonly ofBytes?: number;
  readonly rows?: number;
  readonly bad?: number;
  readonly rowsNow?: number;
  readonly problem?: string;
  readonly needsOfficer: boolean;
  readonly approver?: string;
  readonly officer?: string;
  readonly mappings: readonly string[];
  readonly left: readonly string[];
  readonly stops: readonly { readonly agreement: string; readonly consumer: string }[];
  readonly loosens: readonly {
    readonly pointer: string;
    readonly code: string;
    readonly against: string;
    readonly message?: { readonly zh: string; readonly en: string };
    readonly from?: string;
    readonly to?: string;
  }[];
}

interface Options extends StaffOptions {
  readonly json?: boolean;
}

interface BeginOptions extends Options {
  readonly to?: string;
  readonly mapping?: readonly string[];
  readonly rowsBy?: string;
  readonly reason?: string;
  readonly sunset?: string;
}

interface SwitchOptions extends Options {
  readonly digest: string;
  readonly stops?: string;
}

const pathOf = (id: string, more = ''): string => `/v1/datasets/${encodeURIComponent(id)}/changeover${more}`;

export function registerChangeover(dataset: Command): void {
  withStaff<BeginOptions>(
    dataset
      .command('changeover')
      .description('换至新的主版本：着手，或查看进度 / to a new major version: begin, or see how far it is')
      .argument('<dataset>', 'id of the dataset')
      .option('--to <urn>', 'published version of another major: begin')
      .option('--mapping <files...>', 'next version of each mapping that goes along, as JSON or YAML')
      .option('--rows-by <mapping>', 'for rows that are merged by key: which mapping reads the current rows')
      .option('--reason <text>', 'reason; it is recorded in the log')
      .option('--sunset <day>', 'last day of the version of today, YYYY-MM-DD; replies say it'),
    'datong dataset changeover pub-security.household --to urn:datong:household:2.0 --mapping household-2.json --reason 电话不再采集',
    async (client, id, { to, mapping = [], rowsBy, reason = '', sunset, json }) => {
      const reply =
        to === undefined
          ? await client.get(pathOf(id))
          : await client.post(pathOf(id), {
              schema: to,
              mappings: mapping.map(mappingIn),
              reason,
              ...defined({ rowsBy, sunset }),
            });
      print(id, bodyOf(reply) as Shown, json === true);
    },
  );
  withStaff<SwitchOptions>(
    dataset
      .command('switch')
      .description(
        '同意换版；最后一人同意时即换 / agree to the switch; the last one’s word that is needed switches',
      )
      .argument('<dataset>', 'id of the dataset')
      .requiredOption('--digest <digest>', 'of what you have read')
      .option('--stops <agreements>', 'every agreement that stops, separated by commas'),
    'datong dataset switch pub-security.household --digest 4f1c… --stops agr-school-enrolment@1',
    async (client, id, { digest, stops = '', json }) => {
      const named = stops.split(',').filter((name) => name !== '');
      const reply = await client.post(pathOf(id, '/decision'), { act: 'switch', digest, stops: named });
      print(id, bodyOf(reply) as Shown, json === true);
    },
  );
  withStaff<Options & { readonly reason: string }>(
    dataset
      .command('abandon')
      .description('放弃换版，已备妥的行作废 / give the changeover up; what was made for it goes')
      .argument('<dataset>', 'id of the dataset')
      .requiredOption('--reason <text>', 'reason; it is recorded in the log'),
    'datong dataset abandon pub-security.household --reason 本年度不换',
    async (client, id, { reason, json }) => {
      const reply = await client.post(pathOf(id, '/decision'), { act: 'abandon', reason });
      print(id, bodyOf(reply) as Shown, json === true);
    },
  );
}

function print(id: string, shown: Shown, asJson: boolean): void {
  if (asJson) {
    data(JSON.stringify(shown));
    return;
  }
  const { from, to, state, stage, bytes, ofBytes, rows, bad, rowsNow, problem } = shown;
  data(
    `${id}  ${from} → ${to}  ${translated('state', stage ?? state)}${problem === undefined ? '' : `  ${problem}`}`,
  );
  if (shown.sunset !== undefined)
    data(
      say({
        zh: `  现版本最后一天  ${shown.sunset}`,
        en: `  last day of the version of today  ${shown.sunset}`,
      }),
    );
  if (stage === 'copying' && bytes !== undefined)
    data(say({ zh: `  字节  ${bytes} / ${ofBytes ?? 0}`, en: `  bytes  ${bytes} of ${ofBytes ?? 0}` }));
  if (rows !== undefined)
    data(
      say({
        zh: `  行  新版本 ${rows}，问题 ${bad ?? 0}${rowsNow === undefined ? '' : `；现在可见 ${rowsNow}`}`,
        en: `  rows  ${rows} under the new version, ${bad ?? 0} bad${rowsNow === undefined ? '' : `; ${rowsNow} visible now`}`,
      }),
    );
  printEffects(shown);
  printMissing(shown);
}

/** Agreements that stop, rules that loosen, mappings that end. */
function printEffects(shown: Shown): void {
  for (const { agreement, consumer } of shown.stops)
    data(say({ zh: `  将停止  ${agreement}  ${consumer}`, en: `  stops  ${agreement}  ${consumer}` }));
  for (const { pointer, code, against, message, from: now, to: then } of shown.loosens) {
    const what = message === undefined ? `${now ?? '—'} → ${then ?? '—'}` : say(message);
    data(
      say({
        zh: `  将放宽  ${pointer}  ${code}  对照 ${against}  ${what}`,
        en: `  loosens  ${pointer}  ${code}  against ${against}  ${what}`,
      }),
    );
  }
  for (const name of shown.left) data(say({ zh: `  映射不随换版  ${name}`, en: `  mapping ends  ${name}` }));
}

/** The approvals that an open changeover still needs. */
function printMissing(shown: Shown): void {
  if (shown.digest === undefined || shown.state !== 'open') return;
  data(say({ zh: `  摘要  ${shown.digest}`, en: `  digest  ${shown.digest}` }));
  const missing = [
    ...(shown.approver === undefined
      ? [say({ zh: '本部门另一人', en: 'a second person of the department' })]
      : []),
    ...(shown.needsOfficer && shown.officer === undefined
      ? [say({ zh: '安全管理员', en: 'the security officer' })]
      : []),
  ];
  talk({
    zh: `还须同意的：${missing.join('、')}；用 datong dataset switch 同意`,
    en: `still to agree: ${missing.join(', ')}; by datong dataset switch`,
  });
}
