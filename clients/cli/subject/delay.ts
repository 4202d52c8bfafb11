/** `datong subject delay`: one department's looks at a person are not told until a day, for an investigation. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { identifierFrom } from '../consent/identifier.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { tellProposal } from './service.ts';

interface DelayOptions extends StaffOptions {
  readonly person: string;
  readonly department: string;
  readonly reference: string;
  readonly clause: string;
  readonly until: string;
  readonly json?: boolean;
}

export function registerDelay(subject: Command): void {
  withStaffToken(subject.command('delay'))
    .description(
      '暂缓告知：办案期间不告知某部门的查询，须第二人同意 / not to tell of one department’s looks until a day; a second person accepts',
    )
    .requiredOption('--person <file>', 'file with the identifier of the person, - for standard input')
    .requiredOption('--department <code>', 'department whose looks are not told')
    .requiredOption('--reference <text>', 'law or decision that demands it')
    .requiredOption('--clause <text>', 'its article')
    .requiredOption('--until <time>', 'RFC 3339, within 180 days')
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong subject delay --as security --person person.txt --department audit --reference 监察法 --clause 第四十五条 --until 2027-01-01T00:00:00+08:00',
    )
    .action(delay);
}

async function delay(options: DelayOptions): Promise<void> {
  const { person, department, reference, clause, until } = options;
  const subject = { kind: 'person', value: identifierFrom(person) };
  await asSteward(options, async (client) => {
    const reply = await client.post('/v1/view-delays', { subject, department, reference, clause, until });
    tellProposal(bodyOf(reply), options);
  });
}
