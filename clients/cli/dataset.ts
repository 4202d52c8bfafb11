/**
 * `datong dataset create|openapi|types|odcs|move|amend|changeover|cases|switch|abandon|examine|suspend|resume|keep|retire ID`: manages a dataset, for
 * those responsible for it.
 */
import { translated } from './reportedValues.ts';
import type { Command } from 'commander';
import { bodyOf } from './approve/waiting.ts';
import type { StaffOptions } from './profile.ts';
import { registerCreate } from './create/createDataset.ts';
import { registerAmend } from './datasetAmend.ts';
import { registerCases } from './datasetCases.ts';
import { registerChangeover } from './datasetChangeover.ts';
import { registerReceived } from './datasetAsReceived.ts';
import { registerContract } from './datasetContract.ts';
import { registerRetire } from './datasetRetire.ts';
import { examinedLines, type RowsExamined } from './schema/impact.ts';
import { withStaff } from './schema/schemaLife.ts';
import { wholeNumber } from './values.ts';
import { data, dataLines, say, talk } from './verb.ts';
import type { DatasetMoved } from '../sdk/listTypes.ts';
import { defined } from '../../terms/defined.ts';

interface DecisionOptions extends StaffOptions {
  readonly reason: string;
  readonly json?: boolean;
}

function movedLine({ dataset, schema, from, changed, added }: DatasetMoved): string {
  if (!changed) return `${dataset}  ${schema}  ${say({ zh: '已是此版本', en: 'was at this version' })}`;
  return `${dataset}  ${from} → ${schema}${added.length === 0 ? '' : `  + ${added.join(', ')}`}`;
}

export function register(program: Command): void {
  const dataset = program
    .command('dataset')
    .description(
      '数据资源：登记、接口文档与类型、数据契约、换版本、更改、核验、办件统计、暂停、恢复、撤回退役、退役 / datasets: create, openapi, types, odcs, move, amend, changeover, examine, cases, suspend, resume, keep, retire',
    );
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
      else if (moved['proposal'] !== undefined) {
        const approve = `datong review approve ${moved['proposal'] as string}`;
        data(`${id}  ${to}  ${translated('state', 'waiting')}`);
        talk({
          zh: `换用后防护降低或数据项含义改变：等待数据安全管理员接受，${approve}`,
          en: `the proposal lowers protection or changes the meaning of a field: the security officer accepts it by ${approve}`,
        });
      } else data(movedLine(moved as unknown as DatasetMoved));
    },
  );
  withStaff<StaffOptions & { readonly json?: boolean; readonly schema?: string; readonly rows?: number }>(
    dataset
      .command('examine')
      .description(
        '按标准核验已存各行，只报数量与位置 / check its stored rows against a version: numbers and places, no values',
      )
      .argument('<dataset>', 'id of the dataset')
      .option('--schema <urn>', 'another version of its schema')
      .option('--rows <number>', 'how many rows, 100000 where it is not named', wholeNumber(1, 99_999_999)),
    'datong dataset examine pub-security.household --schema urn:datong:household:2.0',
    async (client, id, { schema, rows, json }) => {
      const requested = new URLSearchParams(defined({ schema, limit: rows?.toString() }));
      const found = bodyOf(
        await client.get(`/v1/datasets/${encodeURIComponent(id)}/examination?${requested.toString()}`),
      );
      if (json === true) data(JSON.stringify(found));
      else dataLines(examinedLines(found as unknown as RowsExamined));
    },
  );
  registerCreate(dataset);
  registerAmend(dataset);
  registerChangeover(dataset);
  registerCases(dataset);
  registerReceived(dataset);
  registerContract(dataset);
  const acts = {
    suspend:
      '暂停：自下一次调用起不提供也不接收 / suspend: neither calls nor submissions from the next one on',
    resume: '恢复 / take it up again',
    keep: '撤回第一人提出的退役 / cancel a retirement that waits for a second person',
  } as const;
  for (const [act, description] of Object.entries(acts))
    withStaff<DecisionOptions>(
      dataset
        .command(act)
        .description(description)
        .argument('<dataset>', 'id of the dataset')
        .requiredOption('--reason <text>', 'reason; it is recorded in the log'),
      `datong dataset ${act} pub-security.household --reason '核查'`,
      async (client, id, { reason, json }) => {
        const about = `/v1/datasets/${encodeURIComponent(id)}`;
        const decided = bodyOf(await client.post(`${about}/decision`, { act, reason }));
        if (json === true) data(JSON.stringify(decided));
        else data(`${id}  ${translated('state', String(decided['state']))}`);
        const agreements = (decided['agreements'] as string[]).join('  ');
        if (agreements !== '')
          talk({ zh: `涉及共享协议：${agreements}`, en: `agreements over it: ${agreements}` });
      },
    );
  registerRetire(dataset);
}
