/** `datong audit erase`: two persons decide to erase the tokens that link log entries to one person. */
import type { Command } from 'commander';
import { bodyOf } from '../approve/waiting.ts';
import { identifierFrom } from '../consent/consents.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { asSteward } from '../request/requestCall.ts';
import { printProposal } from '../subject/service.ts';
import { defined } from '../../../terms/defined.ts';

interface EraseOptions extends StaffOptions {
  readonly subject: string;
  readonly dataset: string;
  readonly before: string;
  readonly reason: string;
  readonly case: string;
  readonly decision?: string;
  readonly json?: boolean;
}

export function registerErase(audit: Command): void {
  withStaffToken(audit.command('erase'))
    .description(
      '销毁日志条目中涉及某人的主体标识，须第二人同意；条目和证明不变 / erase the tokens that link entries to one person; a second person accepts; entries and proofs stay',
    )
    .requiredOption(
      '--subject <file>',
      '存有标识的文件，- 为标准输入 / file with the identifier of the person, - for standard input',
    )
    .requiredOption('--dataset <id>', '标识所属的数据资源 / dataset in which the person is identified')
    .requiredOption('--before <time>', 'RFC 3339：此前的条目 / RFC 3339: entries before it')
    .requiredOption('--reason <text>', '事由 / why')
    .requiredOption('--case <number>', '案件编号 / number of the case')
    .option(
      '--decision <text>',
      '决定文书，三年以内的条目必填 / document of the decision, needed for entries younger than three years',
    )
    .option('--json', 'one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong audit erase --subject person.txt --dataset pub-security.household --before 2023-01-01T00:00:00+08:00 --reason 保存期满 --case XH-2026-0001 --as security\n  $ datong review approve PROPOSAL --as steward',
    )
    .action(erase);
}

async function erase(options: EraseOptions): Promise<void> {
  const { dataset, before, reason, case: caseNumber, decision } = options;
  const body = {
    subject: { dataset, value: identifierFrom(options.subject) },
    before,
    reason,
    case: caseNumber,
    ...defined({ decision }),
  };
  await asSteward(options, async (client) => {
    printProposal(bodyOf(await client.post('/v1/erasures', body)), options);
  });
}
