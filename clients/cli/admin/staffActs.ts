import { DatongRefusal, staffClient } from '../apply/staffCall.ts';
import { openStaffAccess, type StaffOptions, withStaffToken } from '../profile.ts';
import type { Command } from 'commander';
import { data, talk } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { bodyOf } from '../approve/waiting.ts';
import { asSteward } from '../request/requestCall.ts';
import { printProposal } from '../subject/service.ts';
import { acceptClock } from '../../../hub/log/acceptOlder.ts';
import { configurationIn } from '../configurationIn.ts';
import { openKeys } from '../../../hub/platform/keys/openKeys.ts';
import { startDatabase } from '../../../hub/startDatabase.ts';

/** One POST to the staff listener, with the token that the options name (in the demo: the operator's). @throws DatongRefusal */
export async function callStaff(options: StaffOptions, path: string, body: object): Promise<unknown> {
  const client = staffClient(openStaffAccess(options, 'operator'));
  try {
    const reply = await client.post(path, body);
    if (reply.status >= 400) throw new DatongRefusal(reply);
    return reply.body;
  } finally {
    client.close();
  }
}

interface CodeOptions extends StaffOptions {
  readonly hours: number;
  readonly json?: boolean;
}

interface IssuedCode {
  readonly id: string;
  readonly code: string;
  readonly expires: string;
  readonly hub: string;
  readonly pin: string;
}

/** `datong hub code DEPARTMENT`: a one-time code, as the command that the department's developer types. */
export function registerCode(admin: Command): void {
  withStaffToken(
    admin
      .command('code')
      .argument('<department>', 'code of a registered department')
      .description('部门入网用的一次性入网码 / a one-time code with which the department enrols'),
  )
    .option('--hours <number>', 'until it expires, 1 to 720', wholeNumber(1, 720), 72)
    .option('--json', 'answer {id, department, code, expires, hub, pin} as JSON')
    .addHelpText('after', '\nExample:\n  datong hub code education --as operator\n')
    .action(issue);
}

async function issue(department: string, options: CodeOptions): Promise<void> {
  const path = `/v1/departments/${encodeURIComponent(department)}/enrolment-codes`;
  const issued = (await callStaff(options, path, { hours: options.hours })) as IssuedCode;
  const { id, code, expires, hub, pin } = issued;
  if (options.json === true) data(JSON.stringify(issued));
  else data(`datong enrol ${code} --hub ${hub} --pin ${pin} --department ${department}`);
  talk({
    zh: `入网码 ${id} 有效至 ${expires}，只显示这一次。请当面或电话告知；地址与指纹请另行核对`,
    en: `code ${id}, until ${expires}, is shown only once. Pass it on in person or by telephone; compare address and pin by another way`,
  });
}

interface RevokeOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

/** `datong hub revoke SERIAL`: takes effect with the next call, also on open connections. */
export function registerCertificate(admin: Command): void {
  withStaffToken(
    admin
      .command('revoke')
      .argument('<serial>', 'serial of a department certificate, hex')
      .description(
        '吊销证书，连同其更新前后的证书 / revoke a certificate, with the others of its line of renewals',
      ),
  )
    .option(
      '--reason <reason>',
      'key-compromise (ends the signing key too), superseded (this certificate alone), cessation, privilege-withdrawn, unspecified',
      'key-compromise',
    )
    .option('--json', 'answer {serial, department} as JSON')
    .action(revoke);
}

async function revoke(serial: string, options: RevokeOptions): Promise<void> {
  const path = `/v1/certificates/${encodeURIComponent(serial.toLowerCase())}/revocation`;
  const revoked = (await callStaff(options, path, { reason: options.reason })) as { department: string };
  if (options.json === true) data(JSON.stringify(revoked));
  talk({
    zh: `部门 ${revoked.department} 的证书 ${serial} 已吊销，立即生效`,
    en: `certificate ${serial} of ${revoked.department} is revoked, at once`,
  });
}

interface RotateOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

/** `datong hub rotate-log-key`: proposes a new key of the log, which a second person accepts. */
export function registerRotateLogKey(admin: Command): void {
  withStaffToken(admin.command('rotate-log-key'))
    .description(
      '更换日志密钥：生成新密钥，须数据主管部门第二人同意；新旧密钥共同签署声明并记入日志 / give the log another key: it is made now, and takes over once a second person, of the data office, accepts',
    )
    .requiredOption('--reason <text>', '事由 / why')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nCopy the new file to the key folder of every other process before the second person accepts.' +
        '\n\nExample:\n  $ datong hub rotate-log-key --reason 每年更换 --as operator\n  $ datong review approve PROPOSAL --as security\n',
    )
    .action(rotate);
}

async function rotate(options: RotateOptions): Promise<void> {
  await asSteward(options, async (client) => {
    printProposal(bodyOf(await client.post('/v1/log/keys', { reason: options.reason })), options);
  });
}

interface AcceptClockOptions {
  readonly config: string;
  readonly json?: boolean;
}

/** `datong hub accept-clock`: after the database's clock was ahead, the operator confirms that it is right now, and the hub continues. */
export function registerAcceptClock(admin: Command): void {
  admin
    .command('accept-clock')
    .description(
      '数据库时钟曾经偏快：确认现在的时钟正确并记入日志 / the clock of the database was ahead: confirm that it is right now; the log records it',
    )
    .option('--config <file>', 'configuration', 'hub.json')
    .option('--json', 'answer {ahead} as JSON')
    .addHelpText(
      'after',
      '\nStop every process of the hub first.\n\nExample:\n  datong hub accept-clock --config /etc/datong/hub.json\n',
    )
    .action(run);
}

async function run(options: AcceptClockOptions): Promise<void> {
  const config = configurationIn(options.config);
  const keys = await openKeys(config.keysDir, { create: false, hubName: config.name });
  const { database, stop } = await startDatabase(config);
  try {
    const accepted = await acceptClock({ database, keys, stateDir: config.stateDir });
    if (options.json === true) data(JSON.stringify(accepted));
    else if (accepted.ahead === 0)
      talk({
        zh: '日志不比时钟晚，无需确认',
        en: 'the log is not ahead of the clock: there is nothing to confirm',
      });
    else
      talk({
        zh: `日志比时钟晚 ${accepted.ahead} 秒；已记录此决定`,
        en: `the log was ${accepted.ahead} s ahead of the clock; the log records the decision`,
      });
  } finally {
    await stop();
  }
}
