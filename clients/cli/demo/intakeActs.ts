/** Act one, 归集: two departments hand in what their old systems export. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatongClient } from '../../sdk/datongClient.ts';
import type { Batch } from '../../sdk/types.ts';
import { openProfile } from '../profile.ts';
import { say } from '../verb.ts';
import { padTo } from '../textWidth.ts';
import { householdFile, type HouseholdFile } from './householdFile.ts';
import type { Narrator } from './narrator.ts';
import type { Stage } from './stage.ts';
import type { Tally } from './tally.ts';

const householdRows = 2_000;
const seed = 20260901;
export const airFile = resolve(import.meta.dirname, '../../../samples/air-quality/Aotizhongxin-2016-09.csv');

interface QuarantinePage {
  readonly rows: readonly {
    readonly line: number;
    readonly problems: readonly {
      readonly column: number;
      readonly header: string;
      readonly rule: string;
      readonly got: string;
      readonly message: { readonly zh: string; readonly en: string };
    }[];
  }[];
}

/** @returns the file that was sent, for what comes after */
export async function intake(stage: Stage, narrator: Narrator, tally: Tally): Promise<HouseholdFile> {
  narrator.act({
    zh: '第一幕  归集：两个部门报送数据',
    en: 'Act 1  Intake: two departments hand in their data',
  });
  const file = householdFile(householdRows, seed);
  const folder = join(stage.folder, 'files');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'household.gb18030.csv');
  writeFileSync(path, file.bytes, { mode: 0o600 });

  await narrator.step(
    () => stage.apply('household/dataset.yaml'),
    (applied) => ({
      zh: `公安局按数据集标准 household@1 登记数据资源和映射（${applied.length} 份文档，人工可读的 YAML）`,
      en: `Public Security registers its dataset and mapping against the shared schema household@1 (${applied.length} YAML documents)`,
    }),
  );
  const police = DatongClient.fromProfile(openProfile({ as: 'pub-security' }));
  try {
    const batch = await narrator.step(
      async () => {
        const answer = await police.sendFile('pub-security.household', path, { mapping: 'household' });
        tally.kept.push(answer.kept);
        return answer.json;
      },
      (sent) => {
        const { records, rows, bad } = countsOf(sent);
        return {
          zh: `公安局报送 GB18030 CSV：${records} 条中 ${rows} 条发布，${bad} 条进入问题数据，一条不丢`,
          en: `Public Security submits a GB18030 CSV: of ${records} records ${rows} are published, ${bad} go into quarantine, none is lost`,
        };
      },
    );
    const { json } = await police.quarantine(batch.batch);
    tellQuarantine(json as QuarantinePage, narrator);
  } finally {
    police.close();
  }

  await stage.apply('air-quality/dataset.yaml');
  const ecology = DatongClient.fromProfile(openProfile({ as: 'ecology' }));
  try {
    await narrator.step(
      async () => {
        const answer = await ecology.sendFile('ecology.air-quality-hourly', airFile, { mapping: 'prsa' });
        tally.kept.push(answer.kept);
        return answer.json;
      },
      (sent) => ({
        zh: `生态环境局报送一个站点一个月的小时值：${countsOf(sent).rows} 条，按站点和小时合并（真实数据，S. X. Chen，CC BY 4.0）`,
        en: `Ecology submits a month of hourly values of one station: ${countsOf(sent).rows} rows, merged by station and hour (real data, S. X. Chen, CC BY 4.0)`,
      }),
    );
  } finally {
    ecology.close();
  }
  return file;
}

function countsOf(batch: Batch): { readonly records: number; readonly rows: number; readonly bad: number } {
  return batch['counts'] as { records: number; rows: number; bad: number };
}

/** One line for each kind of problem: its first place, and how often it came. */
function tellQuarantine({ rows }: QuarantinePage, narrator: Narrator): void {
  const kinds = new Map<string, { readonly first: QuarantinePage['rows'][number]; count: number }>();
  for (const row of rows) {
    const rule = row.problems[0]?.rule ?? '';
    const kind = kinds.get(rule);
    if (kind === undefined) kinds.set(rule, { first: row, count: 1 });
    else kind.count += 1;
  }
  for (const [rule, { first, count }] of kinds) {
    const problem = first.problems[0];
    if (problem === undefined) continue;
    const place = say({
      zh: `第 ${first.line} 行${problem.column === 0 ? '' : ` 第 ${problem.column} 列 ${problem.header}`}`,
      en: `line ${first.line}${problem.column === 0 ? '' : `, column ${problem.column} ${problem.header}`}`,
    });
    narrator.detail(
      `${padTo(place, 38)} ${padTo(rule, 24)} ${say(problem.message)} [${problem.got}] ×${count}`,
    );
  }
}
