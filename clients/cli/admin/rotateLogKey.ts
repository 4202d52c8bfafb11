/** `datong hub rotate-log-key`: the log gets another key, as two persons decide. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { tellProposal } from '../subject/service.ts';

interface RotateOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

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
    tellProposal(bodyOf(await client.post('/v1/log/keys', { reason: options.reason })), options);
  });
}
