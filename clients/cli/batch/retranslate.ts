/** `datong batch retranslate ID --mapping NAME`: the stored bytes of the current batch are read again by another version of its mapping. */
import type { Command } from 'commander';
import { asReviewer, bodyOf } from '../approve/waiting.ts';
import { withStaffToken, type StaffOptions } from '../profile.ts';
import { data, talk } from '../verb.ts';

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
    .requiredOption('--reason <text>', 'why; it stands in the log, so it names no person')
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
    en: `batch ${made.batch} is being made by ${made.mapping}, readers see the one before meanwhile; look with datong batch show ${made.batch}`,
  });
}
