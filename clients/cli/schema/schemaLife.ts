/** `datong schema deprecate|retire|discard URN`: ends a published version, or discards a draft or one that nothing ever used. */
import { everyPage, getFrom } from '../everyPage.ts';
import { translated } from '../reportedValues.ts';
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { type StaffClient, staffClient } from '../apply/staffCall.ts';
import { type StaffOptions, openStaffAccess, withStaffToken } from '../profile.ts';
import type { Touched } from '../../sdk/types.ts';
import { touchedLines } from '../touchedLines.ts';
import { data, say, talk } from '../verb.ts';
import { pathSegment } from '../values.ts';
import { defined } from '../../../terms/defined.ts';

interface LifeOptions extends StaffOptions {
  readonly json?: boolean;
  readonly reason?: string;
  readonly sunset?: string;
  readonly successor?: string;
}

export const registerDeprecate = (schema: Command): void =>
  withStaff<LifeOptions>(
    schema
      .command('deprecate')
      .description('宣布停用：此后不再有新数据资源采用 / announce its end: no further dataset is bound to it')
      .argument('<urn>', 'version of a schema at the hub')
      .requiredOption('--sunset <day>', 'its last day, YYYY-MM-DD, at least ninety days ahead')
      .requiredOption('--reason <text>', 'reason; it is recorded in the log')
      .option('--successor <urn>', 'the version to take instead'),
    "datong schema deprecate urn:datong:household:1.0 --sunset 2027-06-30 --successor urn:datong:household:2.0 --reason '改用新标准'",
    (client, urn, { reason, sunset, successor, json }) =>
      decide(client, urn, json, {
        act: 'deprecate',
        reason,
        sunset,
        ...defined({ successor }),
      }),
  );

export const registerRetire = (schema: Command): void =>
  withStaff<LifeOptions>(
    schema
      .command('retire')
      .description('停用日期过后退役 / retire it after its last day')
      .argument('<urn>', 'version of a schema at the hub')
      .requiredOption('--reason <text>', 'reason; it is recorded in the log'),
    "datong schema retire urn:datong:household:1.0 --reason '已无数据资源采用'",
    (client, urn, { reason, json }) => decide(client, urn, json, { act: 'retire', reason }),
  );

export const registerDiscard = (schema: Command): void =>
  withStaff<LifeOptions>(
    schema
      .command('discard')
      .description(
        '删除草稿，或误登记而从未被采用的版本 / remove a draft, or a published version that nothing ever used',
      )
      .argument('<urn>', 'version of a schema at the hub'),
    'datong schema discard urn:datong:household:1.2',
    (client, urn, { json }) => decide(client, urn, json, { act: 'discard' }),
  );

async function decide(
  client: StaffClient,
  urn: string,
  json: boolean | undefined,
  body: object,
): Promise<void> {
  const decided = bodyOf(await client.post(`/v1/schemas/${pathSegment(urn)}/decision`, body));
  if (json === true) {
    data(JSON.stringify(decided));
    return;
  }
  data(`${urn}  ${translated('state', String(decided['state']))}`);
  const touches = decided['touches'] as Touched | undefined;
  for (const line of touches === undefined ? [] : touchedLines(touches, say)) talk(`  ${line}`);
}

interface RestoreOptions extends StaffOptions {
  readonly json?: boolean;
  readonly reason: string;
}

/** `datong schema restore URN`: publishes the text of an earlier version again, as the newest of its major. */
export const register = (schema: Command): void =>
  withStaff<RestoreOptions>(
    schema
      .command('restore')
      .description(
        '以新版本恢复早先版本的文本，历史保留 / restore the text of an earlier version as a new one; history is retained',
      )
      .argument('<urn>', 'version of a schema at the hub whose text is restored')
      .requiredOption('--reason <text>', 'reason; it is recorded in the log'),
    "datong schema restore urn:datong:household:1.0 --reason '1.1 版误加了数据项'",
    async (client, urn, { reason, json }) => {
      const { document } = bodyOf(await client.get(`/v1/schemas/${pathSegment(urn)}`)) as {
        readonly document: object;
      };
      const next = await nextVersion(client, urn);
      const waiver = { reason, restores: urn };
      const sent = bodyOf(
        await client.post('/v1/schemas', { document: { ...document, $id: next }, waiver }),
      ) as {
        readonly state?: string;
      };
      if (json === true) data(JSON.stringify(sent));
      else data(`${next}  ${translated('state', sent.state ?? 'proposed')}`);
    },
  );

/** The urn after the last one of the same major. */
async function nextVersion(client: StaffClient, urn: string): Promise<string> {
  const [, name = '', major = ''] = /^urn:datong:([a-z0-9-]+):(\d+)\.\d+$/.exec(urn) ?? [];
  const start = `urn:datong:${name}:${major}.`;
  const versions = await everyPage(
    getFrom(client),
    '/v1/schemas',
    { name, limit: '200' },
    (page) => page['schemas'] as readonly { readonly urn: string }[],
  );
  const numbers = versions
    .filter((one) => one.urn.startsWith(start))
    .map((one) => Number(one.urn.slice(start.length)));
  return `${start}${Math.max(0, ...numbers) + 1}`;
}

interface VerbOptions extends StaffOptions {
  readonly json?: boolean;
}

/** A sub-verb about one object at the hub, with the token of the responsible person (in the demo: the steward). */
export function withStaff<Options extends VerbOptions>(
  command: Command,
  example: string,
  work: (client: StaffClient, named: string, options: Options) => Promise<void>,
): void {
  withStaffToken(command)
    .option('--json', 'answer as JSON')
    .addHelpText('after', `\nExample:\n  ${example}\n`)
    .action(async (named: string, options: Options) => {
      const client = staffClient(openStaffAccess(options, 'steward'));
      try {
        await work(client, named, options);
      } finally {
        client.close();
      }
    });
}
