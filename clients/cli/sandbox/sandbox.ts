/** `datong rows sandbox show|fetch DATASET`: invented rows of a dataset, for development before anything is granted. */
import type { Command } from 'commander';
import { queryOf, withQuery, type QueryOptions } from '../fetch/queryOptions.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { SandboxAnswer, SandboxContext, SandboxView } from '../../sdk/sandbox.ts';
import type { Answer } from '../../sdk/types.ts';
import { withProfile } from '../profile.ts';
import { columns } from '../printedText.ts';
import { data, say, talk } from '../verb.ts';
import { storeEvidence, withClient, type ClientVerbOptions } from '../withClient.ts';
import { escapeLine } from '../../../terms/controlText.ts';
import { defined } from '../../../terms/defined.ts';
import { counted } from '../../../terms/counted.ts';

interface BasisOptions extends ClientVerbOptions {
  readonly agreement?: string;
  readonly for?: string;
}

interface FetchOptions extends BasisOptions, QueryOptions {
  readonly onBehalfOf?: string;
  readonly matter?: string;
  readonly all?: boolean;
}

export function register(program: Command): void {
  const sandbox = program
    .command('sandbox')
    .description(
      '联调：尚未获批即可用的合成数据 / invented rows of a dataset, for development while a request is pending',
    );
  withBasis(sandbox.command('show'))
    .description(
      '合成副本怎样查询、可得什么、可查哪些虚构值 / how to query it, what it returns, values to look up',
    )
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExample:\n  $ datong rows sandbox show pub-security.household --as education')
    .action((dataset: string, options: BasisOptions) => show(dataset, options));
  withQuery(
    withBasis(sandbox.command('fetch'))
      .description('取合成数据，每行一个 JSON 对象 / fetch invented rows; one JSON object a line')
      .option('--on-behalf-of <id>', 'pseudonymous id of the official (经办人)')
      .option('--matter <number>', 'case number (办件号), as it is written: RX-2026-000451, 京教〔2026〕1号'),
  )
    .option('--all', 'follow the cursor to the last page; each page is a separate exchange')
    .option('--save <folder>', 'store request, reply and receipt of every exchange there')
    .option('--json', 'one JSON document: synthetic, records, withheld, exchanges')
    .addHelpText(
      'after',
      `
Examples:
  $ datong rows sandbox fetch ecology.air-quality-hourly --as transport --filter 'pm25:>=75' --limit 5
  $ datong rows sandbox fetch pub-security.household --as education --on-behalf-of official-0317 --matter RX-2026-000451 \\
      --filter person_id=990101…`,
    )
    .action((dataset: string, options: FetchOptions) => fetchRows(dataset, options));
}

/** Options that choose the agreement or request under which the rows are shown. */
const withBasis = (command: Command): Command =>
  withProfile(command)
    .argument('<dataset>', 'such as pub-security.household')
    .option('--agreement <id>', 'agreement, or requested agreement; needed where there are several')
    .option('--for <purpose>', 'purpose that is tried; needed where there are several');

const basisOf = ({ agreement, for: as }: BasisOptions): Pick<SandboxContext, 'agreement' | 'as'> =>
  defined({ agreement, as });

async function show(dataset: string, options: BasisOptions): Promise<void> {
  await withClient(options, async (client) => {
    const { json } = await client.sandbox.describe(dataset, basisOf(options));
    if (options.json === true) data(JSON.stringify(json));
    else data(describedTwin(json).join('\n'));
    talk(originOf(json.synthetic));
  });
}

/** Lines about the twin. Values come from the schema of the provider: a line end in one is escaped, so that it adds no line. */
export function describedTwin({
  fields,
  lookups,
  required,
  purpose,
  filterable,
}: SandboxView): readonly string[] {
  const lookupLines = lookups.map(({ field, values }) => `${field} = ${values.join(', ')}`);
  const line = (name: Bilingual, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [`${say(name)}${values.join(', ')}`];
  return [
    say({ zh: `使用场景：${purpose}`, en: `purpose: ${purpose}` }),
    ...line({ zh: '还须签名写明：', en: 'also required, signed: ' }, required),
    ...columns(fields.map(({ field, mask }) => [field, mask])),
    ...line({ zh: '可过滤、排序：', en: 'can be filtered and sorted by: ' }, filterable),
    ...line({ zh: '可查的虚构值：', en: 'values to look up: ' }, lookupLines),
  ].map(escapeLine);
}

/** States that the rows are invented, and where their fields and masks come from. */
function originOf({ from, under = '', purpose }: SandboxView['synthetic']): Bilingual {
  const texts: Readonly<Record<typeof from, Bilingual>> = {
    agreement: {
      zh: `合成数据，不涉及任何人；数据项与脱敏依生效中的共享协议 ${under}（${purpose}）`,
      en: `invented rows about no real person; fields and masks of agreement ${under}, which is in force (${purpose})`,
    },
    request: {
      zh: `合成数据，不涉及任何人；数据项与脱敏依待办申请所求的共享协议 ${under}（${purpose}）`,
      en: `invented rows about no real person; fields and masks of the requested agreement ${under} (${purpose})`,
    },
    default: {
      zh: '合成数据，不涉及任何人；本部门尚无协议与申请，按对陌生部门的默认展示',
      en: 'invented rows about no real person; default fields and masks, because there is no agreement and no request',
    },
  };
  return texts[from];
}

async function fetchRows(dataset: string, options: FetchOptions): Promise<void> {
  const query = queryOf(options);
  const { onBehalfOf, matter } = options;
  const context = {
    ...basisOf(options),
    ...defined({ onBehalfOf, matter }),
  };
  await withClient(
    options,
    async (client) => {
      const pages: Answer<SandboxAnswer>[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await client.sandbox.query(
          dataset,
          cursor === undefined ? query : { ...query, cursor },
          context,
        );
        pages.push(page);
        if (options.json !== true) for (const record of page.json.records) data(JSON.stringify(record));
        await storeEvidence(options, page.kept);
        cursor = page.json.nextCursor;
        if (options.all !== true || cursor === undefined) break;
      }
      printPages(pages, options);
    },
    options,
  );
}

function printPages(pages: readonly Answer<SandboxAnswer>[], { json: asJson, all }: FetchOptions): void {
  const last = pages.at(-1);
  if (last === undefined) return;
  const { synthetic, withheld, nextCursor } = last.json;
  const records = pages.flatMap(({ json }) => json.records);
  if (asJson === true) {
    const exchanges = pages.map(({ exchange, check }) => ({ exchange, index: check?.receipt?.proof.index }));
    const more = nextCursor === undefined ? {} : { nextCursor };
    data(JSON.stringify({ ok: true, synthetic, records, withheld, exchanges, ...more }));
  }
  const { length } = records;
  const index = last.check?.receipt?.proof.index ?? '?';
  talk({
    zh: `${length} 行；签名与回执已核验，日志第 ${index} 条，交换 ${last.exchange}`,
    en: `${counted(length, 'row')}; signature and receipt verified, entry ${index} of the log, exchange ${last.exchange}`,
  });
  talk(originOf(synthetic));
  if (all !== true && nextCursor !== undefined)
    talk({ zh: '还有下一页：加 --all 取完', en: 'there are more rows: add --all to fetch them' });
}
