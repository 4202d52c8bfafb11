/** `datong rows explain DATASET`: why a query would be allowed or denied, field by field; nothing leaves. */
import type { Command } from 'commander';
import type { CallContext, Explanation } from '../sdk/types.ts';
import { filterTerms } from './filterTerms.ts';
import { withProfile } from './profile.ts';
import { columns } from './printedText.ts';
import { data, dataLines, exitCode, say, talk } from './verb.ts';
import { storeEvidence, withClient, type ClientVerbOptions } from './withClient.ts';
import { defined } from '../../terms/defined.ts';

interface ExplainOptions extends ClientVerbOptions, Partial<CallContext> {
  readonly filter?: readonly string[];
  readonly fields?: string;
}

export function register(program: Command): void {
  withProfile(program.command('explain'))
    .description(
      '说明一次查询为何准许或拒绝，逐个数据项；不返回行 / why a query would be allowed or denied, field by field; no rows',
    )
    .argument('<dataset>', 'such as pub-security.household')
    .option('--purpose <code>', 'purpose that the agreement names')
    .option('--agreement <id>', 'agreement under which it is asked')
    .option('--on-behalf-of <id>', 'pseudonymous id of the official (经办人)')
    .option('--matter <number>', 'case number (办件号), as it is written: RX-2026-000451, 京教〔2026〕1号')
    .option(
      '--filter <term>',
      'field=value, "field in a,b", field>=value; field:>=75 for numbers; repeatable',
      together,
    )
    .option('--fields <names>', 'fields wanted, separated by commas (default: all granted)')
    .option('--save <folder>', 'store request, reply and receipt there')
    .option('--json', '{effect, code, fields, whatWouldPermit}')
    .addHelpText(
      'after',
      `
Example:
  $ datong rows explain pub-security.household --as education --purpose school-enrolment --agreement agr-school-enrolment --fields income`,
    )
    .action((dataset: string, options: ExplainOptions) => explain(dataset, options));
}

const together = (term: string, terms: readonly string[] = []): readonly string[] => [...terms, term];

async function explain(dataset: string, options: ExplainOptions): Promise<void> {
  await withClient(options, async (client) => {
    const filter = filterTerms(options.filter ?? []);
    const query = {
      ...(options.fields === undefined ? {} : { fields: options.fields.split(',') }),
      ...(filter.length === 0 ? {} : { filter }),
    };
    const { json, kept: stored } = await client.explain(dataset, query, contextOf(options));
    const explanation = json as Explanation;
    await storeEvidence(options, stored);
    if (options.json === true) data(JSON.stringify(explanation));
    else printExplanation(explanation);
    process.exitCode = explanation.effect === 'allow' ? exitCode.ok : exitCode.refused;
  });
}

function contextOf({ purpose, agreement, onBehalfOf, matter }: ExplainOptions): Partial<CallContext> {
  return defined({ purpose, agreement, onBehalfOf, matter });
}

function printExplanation({ effect, code, text, fields, whatWouldPermit }: Explanation): void {
  const why = text === undefined ? '' : `${say({ zh: '：', en: ': ' })}${say(text)} (${code ?? ''})`;
  talk({
    zh: `${effect === 'allow' ? '会准许' : '会拒绝'}${why}`,
    en: `${effect === 'allow' ? 'it would be allowed' : 'it would be denied'}${why}`,
  });
  const rows = fields.map(({ field, title, effective, code: refused, ref }) => [
    field,
    say(title),
    effective?.name ?? refused ?? '',
    ref ?? '',
  ]);
  dataLines(columns(rows));
  for (const { who, change } of whatWouldPermit)
    talk(`${say({ zh: '处理建议：', en: 'next: ' })}${say(change)} (${who})`);
}
