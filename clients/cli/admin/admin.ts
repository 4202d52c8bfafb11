/** `datong hub`: commands for the operator of a hub. */
import type { Command } from 'commander';
import {
  registerCode,
  registerCertificate,
  registerRotateLogKey,
  registerAcceptClock,
  callStaff,
} from './staffActs.ts';
import { registerBootstrap } from './bootstrap.ts';
import { registerPerson } from './person.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keyFiles } from '../../../hub/platform/keys/createKeys.ts';
import { bodyOf } from '../approve/waiting.ts';
import { readBoundedText } from '../boundedFile.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { printProposal } from '../subject/service.ts';
import { data, talk } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { defined } from '../../../terms/defined.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { rolesText } from '../../../terms/factWords.ts';

/** `datong policy suspend|resume AGREEMENT`: each side stops an agreement for itself, from the next call on, and lifts its own stop. */
interface SuspendOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

interface Stopped {
  readonly version: number;
  readonly changed: boolean;
  readonly stopped?: readonly string[];
}

function registerSuspend(admin: Command): void {
  withReason(
    admin
      .command('suspend')
      .argument('<agreement>', 'id of the agreement')
      .description('为己方暂停生效的版本 / stop the version in force for your side'),
    'datong policy suspend agr-school-enrolment --reason 投诉核查',
  ).action((agreement: string, options: SuspendOptions) => move(agreement, 'suspension', options));
  withReason(
    admin
      .command('resume')
      .argument('<agreement>', 'id of the agreement')
      .description(
        '解除己方的暂停；数据主管部门可解除任何一方的 / lift the stop of your side; the data office lifts any',
      ),
    'datong policy resume agr-school-enrolment --reason 核查完毕',
  ).action((agreement: string, options: SuspendOptions) => move(agreement, 'resumption', options));
}

const withReason = (command: Command, example: string): Command =>
  withStaffToken(command)
    .requiredOption(
      '--reason <text>',
      'reason; it is recorded in the log and shown to both parties and the data office',
    )
    .option('--json', 'answer {id, version, state, stopped, …} as JSON')
    .addHelpText('after', `\nExample:\n  ${example}\n`);

async function move(
  agreement: string,
  act: 'suspension' | 'resumption',
  options: SuspendOptions,
): Promise<void> {
  const path = `/v1/policy/documents/${encodeURIComponent(agreement)}/${act}`;
  const moved = (await callStaff(options, path, { reason: options.reason })) as Stopped;
  if (options.json === true) data(JSON.stringify(moved));
  talk(reported(`${agreement}@${moved.version}`, moved));
}

function reported(name: string, { changed, stopped = [] }: Stopped): Bilingual {
  const sides = { zh: rolesText(stopped).zh, en: stopped.join(', ') };
  if (!changed)
    return { zh: `${name} 先前已暂停（${sides.zh}）`, en: `${name} was stopped before (${sides.en})` };
  return stopped.length === 0
    ? { zh: `${name} 自下一次调用起恢复`, en: `${name} is in force again from the next call on` }
    : {
        zh: `${name} 自下一次调用起暂停（${sides.zh}）`,
        en: `${name} is stopped from the next call on (${sides.en})`,
      };
}

/** `datong hub token issue|revoke`: a person's own further tokens, over the staff listener. */
interface IssueOptions extends StaffOptions {
  readonly roles?: readonly string[];
  readonly days: number;
  readonly json?: boolean;
}

interface RevokeOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

function registerToken(admin: Command): void {
  const token = admin.command('token').description('自己的令牌 / tokens of one’s own');
  withStaffToken(
    token
      .command('issue')
      .description('为自己再签发一枚令牌；只显示一次 / another token of your own; it is shown once'),
  )
    .option('--roles <roles...>', 'fewer than your own: operator, steward, security, auditor, clerk, leader')
    .option('--days <number>', 'until it expires, 1 to 366', wholeNumber(1, 366), 90)
    .option('--json', 'answer {id, token, expires} as JSON')
    .addHelpText('after', '\nExample:\n  datong hub token issue --roles auditor --days 30\n')
    .action(issue);
  withStaffToken(
    token
      .command('revoke')
      .argument('<id>', 'id of the token, as printed when it was issued')
      .description('吊销令牌，从下一次调用起生效 / revoke a token from the next call on'),
  )
    .option(
      '--reason <reason>',
      'key-compromise, superseded, cessation, privilege-withdrawn, unspecified',
      'unspecified',
    )
    .option('--json', 'answer {id} as JSON')
    .action(revoke);
}

async function issue(options: IssueOptions): Promise<void> {
  const { roles, days } = options;
  const body = { days, ...defined({ roles }) };
  const issued = (await callStaff(options, '/v1/tokens', body)) as {
    id: string;
    token: string;
    expires: string;
  };
  if (options.json === true) data(JSON.stringify(issued));
  else data(issued.token);
  talk({
    zh: `令牌 ${issued.id}，有效至 ${issued.expires}；只显示这一次`,
    en: `token ${issued.id}, until ${issued.expires}; it is shown this once`,
  });
}

async function revoke(id: string, options: RevokeOptions): Promise<void> {
  const path = `/v1/tokens/${encodeURIComponent(id)}/revocation`;
  const revoked = await callStaff(options, path, { reason: options.reason });
  if (options.json === true) data(JSON.stringify(revoked));
  talk({ zh: `令牌 ${id} 已吊销`, en: `token ${id} is revoked` });
}

/** `datong hub replace-authority`: installs at the hub what the root signed offline; two persons decide. */
interface ReplaceOptions extends StaffOptions {
  readonly from: string;
  readonly anotherRoot?: boolean;
  readonly reason: string;
  readonly json?: boolean;
}

function registerReplaceAuthority(admin: Command): void {
  withStaffToken(admin.command('replace-authority'))
    .description(
      '更换中间机构或根的吊销列表：采用离线签发的文件，须数据主管部门第二人同意 / another intermediate authority, or the root’s newer list: takes what was signed offline once a second person, of the data office, accepts',
    )
    .requiredOption('--from <folder>', 'what datong hub authority sign wrote')
    .requiredOption('--reason <text>', '事由 / why')
    .option('--another-root', 'of a root with another key, whose certificate is stored there too')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nCopy the new key to the key folder of every process before its first moment.' +
        '\n\nExample:\n  $ datong hub replace-authority --from /media/transfer --reason 到期更换 --as operator\n  $ datong review approve PROPOSAL --as security\n',
    )
    .action(replace);
}

const maxBytes = 65_536;

async function replace(options: ReplaceOptions): Promise<void> {
  const certificate = join(options.from, keyFiles.intermediateCertificate);
  const root = options.anotherRoot === true ? join(options.from, keyFiles.rootCertificate) : undefined;
  const body = {
    ...(root === undefined ? {} : { root: readBoundedText(root, maxBytes) }),
    ...(existsSync(certificate) ? { certificate: readBoundedText(certificate, maxBytes) } : {}),
    revocationList: readBoundedText(join(options.from, keyFiles.rootRevocationList), maxBytes),
    reason: options.reason,
  };
  await asSteward(options, async (client) => {
    printProposal(bodyOf(await client.post('/v1/authority', body)), options);
  });
}

export function register(program: Command): void {
  const admin = program
    .command('admin')
    .description(
      '新枢纽的头两个人、人员与角色、令牌、入网码、吊销、暂停与恢复、确认时钟、更换日志密钥与中间机构 / the first two persons of a new hub, persons and roles, tokens, enrolment codes, revocation, suspension and resumption, the clock, the key of the log, the intermediate authority',
    );
  registerBootstrap(admin);
  registerPerson(admin);
  registerToken(admin);
  registerCode(admin);
  registerCertificate(admin);
  registerSuspend(admin);
  registerAcceptClock(admin);
  registerRotateLogKey(admin);
  registerReplaceAuthority(admin);
}
