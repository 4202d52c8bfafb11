/** `datong dataset move|suspend|resume|retire ID`: what becomes of a dataset, by those who look after it. */
import type { Command } from 'commander';
import { bodyOf } from './approve/waiting.ts';
import type { StaffOptions } from './profile.ts';
import { withStaff } from './schema/staffVerb.ts';
import { data, talk } from './verb.ts';

interface DecisionOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

export function register(program: Command): void {
  const dataset = program
    .command('dataset')
    .description('数据资源：换版本、暂停、恢复、退役 / datasets: move, suspend, resume, retire');
  withStaff<StaffOptions & { readonly json?: boolean; readonly to: string }>(
    dataset
      .command('move')
      .description(
        '移至标准的另一版本，读取不停 / move it to another version of its schema while readers go on',
      )
      .argument('<dataset>', 'id of the dataset')
      .requiredOption('--to <urn>', 'published version of its schema'),
    'datong dataset move pub-security.household --to urn:datong:household:1.1',
    async (client, id, { to, json }) => {
      const moved = bodyOf(
        await client.post(`/v1/datasets/${encodeURIComponent(id)}/schema`, { schema: to }),
      );
      if (json === true) data(JSON.stringify(moved));
      else data(`${id}  ${String(moved['from'])} → ${to}  + ${(moved['added'] as string[]).join(', ')}`);
    },
  );
  const acts = {
    suspend:
      '暂停：自下一次调用起不提供也不接收 / suspend: neither calls nor submissions from the next one on',
    resume: '恢复 / take it up again',
    retire: '退役：须两人，其数据随后销毁 / retire: by two persons; its rows are destroyed then',
  } as const;
  for (const [act, description] of Object.entries(acts))
    withStaff<DecisionOptions>(
      dataset
        .command(act)
        .description(description)
        .argument('<dataset>', 'id of the dataset')
        .requiredOption('--reason <text>', 'why; it stands in the log'),
      `datong dataset ${act} pub-security.household --reason '核查'`,
      async (client, id, { reason, json }) => {
        const path = `/v1/datasets/${encodeURIComponent(id)}/decision`;
        const decided = bodyOf(await client.post(path, { act, reason }));
        if (json === true) data(JSON.stringify(decided));
        else data(`${id}  ${String(decided['state'])}`);
        const agreements = (decided['agreements'] as string[]).join('  ');
        if (agreements !== '')
          talk({ zh: `涉及共享协议：${agreements}`, en: `agreements over it: ${agreements}` });
        if (decided['proposedBy'] !== undefined)
          talk({ zh: '还须另一人以同一命令退役', en: 'another person has to retire it by the same command' });
      },
    );
}
