/** `datong schema withdraw LIST@VERSION`: proposes that a version of a code list counts no more. */
import type { Command } from 'commander';
import { DatongRefusal, staffClient } from '../apply/staffCall.ts';
import { openStaffAccess, withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';

interface WithdrawOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  withStaffToken(
    program
      .command('withdraw')
      .argument('<list@version>', 'version of a code list')
      .description(
        '撤回值域代码的一个版本；由另一人确认 / withdraw a version of a code list; another person accepts',
      )
      .requiredOption('--reason <text>', 'stored with the version'),
  )
    .option('--json', 'answer as JSON')
    .addHelpText('after', "\nExample:\n  datong schema withdraw city-zones@3 --reason '编码有误'\n")
    .action(withdraw);
}

async function withdraw(named: string, { reason, json, ...access }: WithdrawOptions): Promise<void> {
  const [list = '', version = ''] = named.split('@');
  const client = staffClient(openStaffAccess(access, 'operator'));
  try {
    const path = `/v1/code-lists/${encodeURIComponent(list)}/versions/${encodeURIComponent(version)}/withdrawal`;
    const reply = await client.post(path, { reason });
    if (reply.status >= 400) throw new DatongRefusal(reply);
    if (json === true) data(JSON.stringify(reply.body));
    const { proposal } = reply.body as { proposal?: string };
    talk(
      proposal === undefined
        ? { zh: `${named} 早已撤回`, en: `${named} was withdrawn before` }
        : {
            zh: `待另一人确认：datong review approve ${proposal}`,
            en: `waits for another person: datong review approve ${proposal}`,
          },
    );
  } finally {
    client.close();
  }
}
