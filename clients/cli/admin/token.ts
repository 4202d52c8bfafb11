/** `datong admin token issue|revoke`: tokens of staff and machines, over the staff listener. */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { wholeNumber } from '../wholeNumber.ts';
import { callStaff } from './callStaff.ts';

interface IssueOptions extends StaffOptions {
  readonly scopes: readonly string[];
  readonly department?: string;
  readonly days: number;
  readonly json?: boolean;
}

interface RevokeOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function registerToken(admin: Command): void {
  const token = admin.command('token').description('工作人员与机器的令牌 / tokens of staff and machines');
  withStaffToken(
    token
      .command('issue')
      .argument('<name>', 'of the person or machine')
      .description('签发令牌；只显示一次 / issue a token; it is shown once'),
  )
    .requiredOption('--scopes <scopes...>', 'operator, steward, security, auditor')
    .option('--department <code>', 'a steward of this department alone')
    .option('--days <number>', 'until it expires, 1 to 366', wholeNumber(1, 366), 90)
    .option('--json', 'answer {id, token, expires} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  datong admin token issue 王科 --scopes steward --department pub-security --as operator\n',
    )
    .action(issue);
  withStaffToken(
    token
      .command('revoke')
      .argument('<id>', 'id of the token, as told when it was issued')
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

async function issue(name: string, options: IssueOptions): Promise<void> {
  const { scopes, department, days } = options;
  const body = {
    name,
    scopes,
    days,
    ...(department === undefined ? {} : { department }),
  };
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
