/** `datong review object KEY`: a key is not our department's; the data office decides. */
import type { Command } from 'commander';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import { asReviewer, bodyOf } from './waiting.ts';

interface ObjectOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  withStaffToken(
    program
      .command('object')
      .argument('<key>', 'thumbprint of a key of your department, as datong inbox lists it')
      .description('对本部门名下的一把密钥提出异议 / object to a key that was enrolled for your department')
      .requiredOption('--reason <text>', 'told to the data office'),
  )
    .option('--json', 'answer {keyid, department, state} as JSON')
    .addHelpText('after', "\nExample:\n  datong review object 3pN0… --reason '不是我们申请的'\n")
    .action((key: string, { reason, json, ...options }: ObjectOptions) =>
      asReviewer(options, async (client) => {
        const path = `/v1/signing-keys/${encodeURIComponent(key)}/objection`;
        const standing = bodyOf(await client.post(path, { reason }));
        if (json === true) data(JSON.stringify(standing));
        talk({
          zh: `已提出异议：由数据主管部门确认或拒绝 ${key}`,
          en: `the objection stands: the data office confirms or refuses ${key}`,
        });
      }),
    );
}
