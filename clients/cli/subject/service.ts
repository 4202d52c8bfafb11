/** `datong subject service`: appoints a department whose service vouches for persons, or ends that. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { data, talk } from '../verb.ts';

interface ServiceOptions extends StaffOptions {
  readonly end?: boolean;
  readonly json?: boolean;
}

export function registerService(subject: Command): void {
  withStaffToken(subject.command('service'))
    .description(
      '指定或撤销面向个人的服务部门，须第二人同意 / appoint a department that serves persons; a second person accepts',
    )
    .argument('<department>', 'code of the department')
    .option('--end', 'it serves them no more')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong subject service pub-security\n  $ datong review approve PROPOSAL --as security',
    )
    .action(service);
}

async function service(department: string, options: ServiceOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const body = { department, appointed: options.end !== true };
    printProposal(bodyOf(await client.post('/v1/person-services', body)), options);
  });
}

/** Prints a proposal that waits for a second person, or is in force already. */
export function printProposal(
  reply: Readonly<Record<string, unknown>>,
  { json }: { readonly json?: boolean },
): void {
  const { proposal, kind, id } = reply;
  if (json === true) data(JSON.stringify({ ok: true, ...reply }));
  else if (typeof proposal === 'string') data(proposal);
  const what = `${String(kind)} ${String(id)}`;
  talk(
    typeof proposal === 'string'
      ? {
          zh: `${what} 等待第二人：datong review approve ${proposal}`,
          en: `${what} waits for a second person: datong review approve ${proposal}`,
        }
      : { zh: `${what} 原已如此`, en: `${what} stays as it is` },
  );
}
