/** Interlude, 报送员的一天: a held file with its reason, the corrected rows that release it, and a file that was never sent. */
import { DatongClient } from '../../../sdk/datongClient.ts';
import { DatongProblem } from '../../../sdk/datongProblem.ts';
import type { Batch } from '../../../sdk/types.ts';
import { whyHeld } from '../../batch/batchLines.ts';
import { asReviewer, waitingFor } from '../../approve/waiting.ts';
import { encodeGb18030 } from '../../../../terms/gb18030.ts';
import { openProfile } from '../../profile.ts';
import { cellsOf, csvLine, headers, type HouseholdFile } from '../files/householdFile.ts';
import type { Narrator } from '../narrator.ts';
import { unexpected, type Stage } from '../stage.ts';

const dataset = 'pub-security.household';
const mapping = 'household';
/** Number of rows in which a new colleague wrote the sex in a word that the mapping does not know. */
const misread = 40;
const sex = headers.indexOf('性别');

export async function clerkAct(stage: Stage, narrator: Narrator, { good }: HouseholdFile): Promise<void> {
  narrator.act({
    zh: '幕间  报送：搁置有原因，改正的行回到原批次，没来的文件有人知道',
    en: 'Interlude  A clerk: a held batch states why, corrected rows are sent again, and a missing file is noticed',
  });
  const records = good.map(cellsOf);
  const wrong = records.map((cells, i) => (i < misread ? cells.with(sex, '男性') : cells));
  const client = DatongClient.fromProfile(openProfile({ as: 'pub-security' }));
  try {
    const held = await narrator.step(
      () => sentAndHeld(client, fileOf(wrong)),
      ({ counts }) => ({
        zh: `公安局报送下月文件：${counts?.records ?? 0} 条中 ${counts?.bad ?? 0} 条有问题，超出比例，整批搁置，读者看到的不变`,
        en: `Public Security submits next month's file: of ${counts?.records ?? 0} records ${counts?.bad ?? 0} are bad, too many; all of it is held, readers see what they saw`,
      }),
    );
    for (const line of whyHeld(held)) narrator.detail(line);
    await narrator.step(
      async () =>
        (await client.sendFile(dataset, fileOf(records.slice(0, misread)), { mapping, corrects: held.batch }))
          .json,
      ({ counts }) => ({
        zh: `只报送改正的 ${misread} 行（--corrects）：与原批次的合格行一起发布，共 ${counts?.rows ?? 0} 行，一次成为新版本`,
        en: `only the ${misread} corrected rows are sent (--corrects); they are published together with the earlier good ones, ${counts?.rows ?? 0} rows as one new version`,
      }),
    );
  } finally {
    client.close();
  }
  await narrator.step(
    async () => {
      await stage.apply('traffic/dataset.yaml');
      const { silent } = await asReviewer({ as: 'security' }, waitingFor);
      if (silent.length === 0) throw unexpected();
      return silent;
    },
    (silent) => ({
      zh: `断报：${silent.map((one) => `${one.dataset} 应于 ${one.due} 前报送而未报`).join('；')}；列入待办、指标和 /readyz`,
      en: `silent: ${silent.map((one) => `${one.dataset} was due on ${one.due} and did not come`).join('; ')}; in the inbox, the metrics and /readyz`,
    }),
  );
}

const fileOf = (records: readonly (readonly string[])[]): Uint8Array =>
  encodeGb18030([headers, ...records].map(csvLine).join(''));

/** @throws VerbFailure where it is not held */
async function sentAndHeld(client: DatongClient, bytes: Uint8Array): Promise<Batch> {
  let batch = '';
  try {
    const sent = await client.sendFile(dataset, bytes, {
      mapping,
      onOpened: (opened) => (batch = opened.batch),
    });
    // on a slow machine the commit does not wait for the outcome
    if (sent.json.state === 'held') return sent.json;
  } catch (error) {
    if (!(error instanceof DatongProblem) || error.code !== 'too_many_bad_rows') throw error;
    return (await client.batch(batch)).json;
  }
  throw unexpected();
}
