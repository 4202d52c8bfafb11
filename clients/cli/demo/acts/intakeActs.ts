/** Act one, 归集: departments submit exports of their old systems, four of them in four formats. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatongClient } from '../../../sdk/datongClient.ts';
import type { Batch } from '../../../sdk/types.ts';
import { openProfile } from '../../profile.ts';
import { handovers, type Handover } from '../handovers.ts';
import { householdFile, type HouseholdFile } from '../files/householdFile.ts';
import type { Narrator, Counts, Tally } from '../narrator.ts';
import { printQuarantine, printQuarantineBriefly, type QuarantinePage } from '../quarantine.ts';
import type { Stage } from '../stage.ts';

const householdRows = 2_000;
const seed = 20260901;
export const airFile = resolve(
  import.meta.dirname,
  '../../../../samples/air-quality/Aotizhongxin-2016-09.csv',
);

/** @returns the file of households that was sent, for later acts */
export async function intake(stage: Stage, narrator: Narrator, tally: Tally): Promise<HouseholdFile> {
  narrator.act({
    zh: '第一幕  归集：五个部门报送数据，旧系统导出什么就报什么',
    en: 'Act 1  Intake: five departments hand in their data as their old systems export it',
  });
  mkdirSync(join(stage.folder, 'files'), { recursive: true, mode: 0o700 });
  await narrator.step(
    () => registered(stage),
    ({ joined, documents }) => ({
      zh: `又有 ${joined} 个部门凭一次性入网码加入；连同公安局，各自登记数据集标准、数据资源和映射（${documents} 份文档，人工可读的 YAML）`,
      en: `${joined} more departments join by one-time codes; they and Public Security register schema, dataset and mapping each (${documents} YAML documents)`,
    }),
  );
  const file = householdFile(householdRows, seed);
  await households(stage, narrator, tally, file);
  for (const handover of handovers) await submitHandover(stage, narrator, tally, handover, file);
  await airQuality(stage, narrator, tally);
  return file;
}

/** Everything that the four departments need before they can send. */
async function registered(stage: Stage): Promise<{ readonly joined: number; readonly documents: number }> {
  const departments = await stage.admit('city/joining.yaml');
  let documents = 0;
  for (const sample of ['household', ...handovers.map((one) => one.sample)])
    documents += (await stage.apply(`${sample}/dataset.yaml`)).length;
  return { joined: departments.length, documents };
}

async function households(
  stage: Stage,
  narrator: Narrator,
  tally: Tally,
  file: HouseholdFile,
): Promise<void> {
  const path = stored(stage, 'household.gb18030.csv', file.bytes);
  const { quarantine } = await narrator.step(
    () =>
      sent(tally, {
        department: 'pub-security',
        dataset: 'pub-security.household',
        mapping: 'household',
        path,
      }),
    ({ counts: { records, rows, bad } }) => ({
      zh: `公安局报送 GB18030 CSV：${records} 条中 ${rows} 条发布，${bad} 条进入问题数据，一条不丢`,
      en: `Public Security submits a GB18030 CSV: of ${records} records ${rows} are published, ${bad} go into quarantine, none is lost`,
    }),
  );
  printQuarantine(quarantine, narrator);
}

async function submitHandover(
  stage: Stage,
  narrator: Narrator,
  tally: Tally,
  handover: Handover,
  { good }: HouseholdFile,
): Promise<void> {
  const { name, format, file, bytes, counted } = handover;
  const path = stored(stage, file, bytes(good));
  const { quarantine } = await narrator.step(
    () => sent(tally, { ...handover, path }),
    ({ counts: { records, rows, bad, skipped } }) => ({
      zh: `${name.zh}报送 ${format.zh}：${records} 条中 ${rows} 条发布，${bad} 条进入问题数据${skipped === 0 ? '' : `，${skipped} 条已删除的跳过`}`,
      en: `${name.en} submits ${format.en}: of ${records} records ${rows} are published, ${bad} go into quarantine${skipped === 0 ? '' : `, ${skipped} deleted ones are passed over`}`,
    }),
  );
  printQuarantineBriefly(quarantine, counted, narrator);
}

async function airQuality(stage: Stage, narrator: Narrator, tally: Tally): Promise<void> {
  await stage.apply('air-quality/dataset.yaml');
  const ecology = DatongClient.fromProfile(openProfile({ as: 'ecology' }));
  try {
    await narrator.step(
      async () => {
        const answer = await ecology.sendFile('ecology.air-quality-hourly', airFile, { mapping: 'prsa' });
        tally.exchanges.push(answer.kept);
        return countsOf(answer.json);
      },
      ({ rows }) => ({
        zh: `生态环境局报送一个站点一个月的小时值：${rows} 条，按站点和小时合并（真实数据，S. X. Chen，CC BY 4.0）`,
        en: `Ecology submits a month of hourly values of one station: ${rows} rows, merged by station and hour (real data, S. X. Chen, CC BY 4.0)`,
      }),
    );
  } finally {
    ecology.close();
  }
}

/** Writes a department's file into the folder of --keep. @returns its path */
function stored({ folder }: Stage, name: string, bytes: Uint8Array): string {
  const path = join(folder, 'files', name);
  writeFileSync(path, bytes, { mode: 0o600 });
  return path;
}

interface Submission extends Pick<Handover, 'department' | 'dataset' | 'mapping'> {
  readonly path: string;
}

/** Sends a file of an old system as its department does, and fetches the rejected rows. */
async function sent(
  tally: Tally,
  { department, dataset, mapping, path }: Submission,
): Promise<{ readonly counts: Counts; readonly quarantine: QuarantinePage }> {
  const client = DatongClient.fromProfile(openProfile({ as: department }));
  try {
    const answer = await client.sendFile(dataset, path, { mapping });
    tally.exchanges.push(answer.kept);
    const counts = countsOf(answer.json);
    tally.intakes.push(counts);
    const { json } = await client.quarantine(answer.json.batch);
    return { counts, quarantine: json as QuarantinePage };
  } finally {
    client.close();
  }
}

const countsOf = (batch: Batch): Counts => batch['counts'] as Counts;
