/** `datong hub token issue|revoke`: a person's own further tokens, over the staff listener. */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { wholeNumber } from '../values.ts';
import { callStaff } from './staffActs.ts';
import { defined } from '../../../terms/defined.ts';

interface IssueOptions extends StaffOptions {
  readonly roles?: readonly string[];
  readonly days: number;
  readonly json?: boolean;
}

interface RevokeOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function registerToken(admin: Command): void {
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
