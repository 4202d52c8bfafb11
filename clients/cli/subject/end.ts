/** `datong subject end`: a delay ends before its day. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { data, talk } from '../verb.ts';

interface EndOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function registerEnd(subject: Command): void {
  withStaffToken(subject.command('end'))
    .description('提前结束暂缓告知 / end a delay before its day')
    .argument('<id>', 'delay-…, see datong subject delays')
    .requiredOption('--reason <text>', 'why; it stands in the log')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong subject end delay-0123456789abcdef --reason 案件已办结 --as security',
    )
    .action(end);
}

async function end(id: string, options: EndOptions): Promise<void> {
  await asSteward(options, async (client) => {
    const path = `/v1/view-delays/${encodeURIComponent(id)}/end`;
    const ended = bodyOf(await client.post(path, { reason: options.reason }));
    if (options.json === true) data(JSON.stringify({ ok: true, ...ended }));
    talk({ zh: `${id} 已结束，此后如实告知`, en: `${id} has ended: the person is told from now on` });
  });
}
