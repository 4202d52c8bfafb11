/** Act two, 有条件共享: an official asks about one child, for one case, and can prove the answer years later. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { publicJwk } from '../../../../certs/thumbprint.ts';
import { DatongClient } from '../../../sdk/datongClient.ts';
import { saveExchange } from '../../../sdk/storedExchange.ts';
import type { CallContext, Query } from '../../../sdk/types.ts';
import { openProfile } from '../../profile.ts';
import { agreeForEnrolment, basesOf, materialsOf, signerNamed, spared } from '../agreements.ts';
import { cohortOf, type Family } from '../files/cohort.ts';
import type { HouseholdFile } from '../files/householdFile.ts';
import type { Narrator, Tally } from '../narrator.ts';
import { papersAct } from './papersAct.ts';
import type { Resident } from '../files/invented.ts';
import type { Stage } from '../stage.ts';
import { verifyStored } from '../verifyStored.ts';

export const household = 'pub-security.household';

/** The context that 教育局 signs with every call of this case. */
export const enrolmentContext: CallContext = {
  purpose: 'school-enrolment',
  agreement: 'agr-school-enrolment',
  onBehalfOf: 'official-0317',
  matter: 'RX-2026-000451',
};

export const aboutChild = (child: Pick<Resident, 'id'>): Query => ({
  filter: [{ field: 'person_id', op: 'eq', value: child.id }],
});

/** @returns the child the story is about */
export async function askAboutChild(
  stage: Stage,
  narrator: Narrator,
  tally: Tally,
  file: HouseholdFile,
): Promise<Resident> {
  narrator.act({
    zh: '第二幕  有条件共享：一个孩子入学，教育局只看得到该看的，家长不带一张纸',
    en: 'Act 2  Conditional sharing: a child enrols, Education sees what it needs, the parent carries no paper',
  });
  const agreements = await narrator.step(
    () => agreeForEnrolment(stage),
    (granted) => {
      const bases = basesOf([...granted.values()]);
      return {
        zh: `${granted.size} 份共享协议：提供、需求双方签名，第二人批准；依据${bases.zh}`,
        en: `${granted.size} agreements: each signed by both departments, approved by a second person; basis: ${bases.en}`,
      };
    },
  );
  tally.materials.push(...[...agreements.values()].flatMap(materialsOf));
  const paper = spared(agreements.get('pub-security'));
  const family = familyOf(file);
  const { child } = family;
  const client = DatongClient.fromProfile(openProfile({ as: 'education' }));
  try {
    const answer = await narrator.step(
      () => client.query(household, aboutChild(child), enrolmentContext),
      () => ({
        zh: `经办人 ${enrolmentContext.onBehalfOf ?? ''} 凭办件号 ${enrolmentContext.matter ?? ''} 查询一个孩子：双向 TLS、请求签名、答复签名、先留痕后答复${paper.zh}`,
        en: `official ${enrolmentContext.onBehalfOf ?? ''} asks about one child for case ${enrolmentContext.matter ?? ''}: mutual TLS, signed request, signed answer, logged before it leaves${paper.en}`,
      }),
    );
    const [record = {}] = answer.json.records;
    narrator.detail(JSON.stringify(record));
    tally.fieldsReleased = Object.keys(record).length;
    tally.fieldsOfRecord = tally.fieldsReleased + Object.keys(answer.json.withheld).length;
    narrator.detail({
      zh: `未提供：${Object.keys(answer.json.withheld).join('、')}`,
      en: `withheld: ${Object.keys(answer.json.withheld).join(', ')}`,
    });
    tally.exchanges.push(answer.kept);
    await narrator.step(
      async () => {
        mkdirSync(join(stage.evidence, 'receipts'), { recursive: true, mode: 0o700 });
        const folder = await saveExchange(join(stage.evidence, 'receipts'), answer.kept);
        return verifyStored(
          folder,
          join(stage.evidence, 'anchors.json'),
          publicJwk(signerNamed('education').key.privateKey),
        );
      },
      ({ index, size }) => ({
        zh: `离线核验：请求签名、答复签名、回执三者成立；它是日志第 ${index} 条，检查点已签到 ${size} 条`,
        en: `verified offline: signature of the request, signature of the answer, receipt; entry ${index}, under a checkpoint of ${size} entries`,
      }),
    );
    await papersAct(client, narrator, tally, {
      family,
      guardian: record['guardian_id'],
      context: enrolmentContext,
      agreements,
    });
    await askAboutOthers(client, narrator, tally, file, child);
  } finally {
    client.close();
  }
  return child;
}

/** Asks about all other children who enrol there, in one signed exchange with one entry: each of them counts as a call. */
async function askAboutOthers(
  client: DatongClient,
  narrator: Narrator,
  tally: Tally,
  { good }: HouseholdFile,
  child: Resident,
): Promise<void> {
  const values = cohortOf(good)
    .map((family) => family.child.id)
    .filter((id) => id !== child.id);
  await narrator.step(
    async () => {
      const question = { by: 'person_id', values, fields: ['birth_date', 'region_code'] };
      const context = { ...enrolmentContext, matter: '京教〔2026〕1号' };
      const { json, kept: stored } = await client.batchQuery(household, question, context);
      tally.exchanges.push(stored);
      return json.rows.delivered;
    },
    (found) => ({
      zh: `其余 ${values.length} 名新生一次批量核对：${found} 人在授权的两个区，一次签名、一条日志`,
      en: `the other ${values.length} children in one batch: ${found} live in the two districts agreed on; one signature, one entry`,
    }),
  );
}

/** The first family that enrols in a district which the agreement covers. */
function familyOf({ good }: HouseholdFile): Family {
  const family = cohortOf(good).find(({ child }) => child.region === '990101');
  if (family === undefined) throw new Error('the sample has no child of school age');
  return family;
}
