/** `datong schema deprecate|retire|discard URN`: what becomes of a version after it was published, or instead. */
import { told } from '../told.ts';
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import type { StaffClient } from '../apply/staffCall.ts';
import type { StaffOptions } from '../profile.ts';
import type { Touched } from '../../sdk/types.ts';
import { touchedLines } from '../touchedLines.ts';
import { data, say, talk } from '../verb.ts';
import { withStaff } from './staffVerb.ts';
import { pathSegment } from '../pathSegment.ts';

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
      .requiredOption('--reason <text>', 'why; it stands in the log')
      .option('--successor <urn>', 'the version to take instead'),
    "datong schema deprecate urn:datong:household:1.0 --sunset 2027-06-30 --successor urn:datong:household:2.0 --reason '改用新标准'",
    (client, urn, { reason, sunset, successor, json }) =>
      decide(client, urn, json, {
        ...{ act: 'deprecate', reason, sunset },
        ...(successor === undefined ? {} : { successor }),
      }),
  );

export const registerRetire = (schema: Command): void =>
  withStaff<LifeOptions>(
    schema
      .command('retire')
      .description('停用日期过后退役 / retire it after its last day')
      .argument('<urn>', 'version of a schema at the hub')
      .requiredOption('--reason <text>', 'why; it stands in the log'),
    "datong schema retire urn:datong:household:1.0 --reason '已无数据资源采用'",
    (client, urn, { reason, json }) => decide(client, urn, json, { act: 'retire', reason }),
  );

export const registerDiscard = (schema: Command): void =>
  withStaff<LifeOptions>(
    schema
      .command('discard')
      .description('删除草稿 / remove a draft')
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
  data(`${urn}  ${told('state', String(decided['state']))}`);
  const touches = decided['touches'] as Touched | undefined;
  for (const line of touches === undefined ? [] : touchedLines(touches, say)) talk(`  ${line}`);
}
