/** `datong batch release|drop|restore ID --reason TEXT`: a person's decision on a submission. */
import type { Command } from 'commander';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';
import type { Batch } from '../../sdk/types.ts';
import { stateWords } from './batchLines.ts';

interface DecideOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

const verbs: readonly { readonly verb: string; readonly path: string; readonly description: Bilingual }[] = [
  {
    verb: 'release',
    path: 'release',
    description: { zh: '放行被搁置的批次：合格行发布', en: 'publish a held batch without its bad rows' },
  },
  {
    verb: 'drop',
    path: 'drop',
    description: { zh: '作废被搁置的批次', en: 'drop a held batch' },
  },
  {
    verb: 'restore',
    path: 'restoration',
    description: {
      zh: '恢复当前批次的前一批次（须两人）',
      en: 'make the batch before the current one current again (two persons)',
    },
  },
];

export function registerDecisions(batch: Command): void {
  for (const { verb, path, description } of verbs)
    withStaffToken(batch.command(verb).description(`${description.zh} / ${description.en}`))
      .argument('<batch>', 'id as datong batch list shows it')
      .requiredOption('--reason <text>', 'reason; it is recorded in the log, so it must not name a person')
      .option('--json', 'the batch as JSON')
      .addHelpText('after', `\nExample:\n  $ datong batch ${verb} 01890000-… --reason "核对无误"`)
      .action((id: string, options: DecideOptions) => decide(id, path, options));
}

async function decide(id: string, act: string, options: DecideOptions): Promise<void> {
  const path = `/v1/batches/${encodeURIComponent(id)}/${act}`;
  const batch = await asReviewer(
    options,
    async (client) => bodyOf(await client.post(path, { reason: options.reason })) as unknown as Batch,
  );
  if (options.json === true) data(JSON.stringify(batch));
  talk(
    batch.proposedBy === undefined
      ? {
          zh: `批次 ${batch.batch} ${stateWords[batch.state].zh}`,
          en: `batch ${batch.batch} is ${stateWords[batch.state].en}`,
        }
      : { zh: `批次 ${batch.batch} 等待第二人同意`, en: `batch ${batch.batch} waits for a second person` },
  );
}

/** `datong batch retranslate ID --mapping NAME`: the stored bytes of the current batch are read again by another version of its mapping. */
interface RetranslateOptions extends StaffOptions {
  readonly mapping: string;
  readonly reason: string;
  readonly json?: boolean;
}

/** `BatchRetranslated` of openapi.yaml */
interface Retranslated {
  readonly batch: string;
  readonly mapping: string;
}

export function registerRetranslate(batch: Command): void {
  withStaffToken(
    batch
      .command('retranslate')
      .description(
        '按映射的另一版本重新处理当前批次已保存的字节 / read the stored bytes of the current batch again, by another version of its mapping',
      ),
  )
    .argument('<batch>', 'id as datong batch list shows it')
    .requiredOption('--mapping <name>', 'of its newest version, or NAME@VERSION')
    .requiredOption('--reason <text>', 'reason; it is recorded in the log, so it must not name a person')
    .option('--json', 'the new batch as JSON')
    .addHelpText(
      'after',
      '\n\nExample:\n  $ datong batch retranslate 01890000-… --mapping household@2 --reason "户主关系代码改用新版"',
    )
    .action(retranslate);
}

async function retranslate(id: string, { mapping, reason, ...options }: RetranslateOptions): Promise<void> {
  const path = `/v1/batches/${encodeURIComponent(id)}/retranslation`;
  const made = await asReviewer(
    options,
    async (client) => bodyOf(await client.post(path, { mapping, reason })) as unknown as Retranslated,
  );
  if (options.json === true) data(JSON.stringify(made));
  talk({
    zh: `批次 ${made.batch} 正在按 ${made.mapping} 生成，此前的批次照常提供数据；用 datong batch show ${made.batch} 查看`,
    en: `batch ${made.batch} is being made with ${made.mapping}; until then readers see the former batch; check with datong batch show ${made.batch}`,
  });
}
