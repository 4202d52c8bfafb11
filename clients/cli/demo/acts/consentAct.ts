/** Act three, 个人同意: where no statute carries an exchange, the person does, for as long as the person wants. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { DatongClient } from '../../../sdk/datongClient.ts';
import { DatongProblem } from '../../../sdk/datongProblem.ts';
import type { GivenConsent } from '../../../sdk/consents.ts';
import type { CallContext } from '../../../sdk/types.ts';
import { readDocuments } from '../../apply/readDocuments.ts';
import { openProfile } from '../../profile.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import { signerNamed } from '../agreements.ts';
import { aboutChild, household } from './childAct.ts';
import type { Narrator } from '../narrator.ts';
import type { Resident } from '../files/residents.ts';
import type { Stage } from '../stage.ts';
import type { Tally } from '../tally.ts';

const noticeFile = resolve(import.meta.dirname, '../../../../samples/school-meals/notice.yaml');

const context: CallContext = {
  purpose: 'school-meals',
  agreement: 'agr-school-meals',
  onBehalfOf: 'official-0412',
  matter: 'YC-2026-000017',
};

/** The parent agrees in the city's app, the check works for that child, she withdraws, the next call is refused, and the school deletes what it got. */
export async function mealsWithConsent(
  stage: Stage,
  narrator: Narrator,
  tally: Tally,
  child: Resident,
): Promise<void> {
  narrator.act({
    zh: '第三幕  个人同意：没有法律规定的查询，由家长说了算，说撤就撤',
    en: 'Act 3  Consent: where no law carries a look-up the parent decides, and may change her mind',
  });
  await narrator.step(
    async () => {
      await stage.apply('school-meals/notice.yaml');
      await stage.apply('school-meals/agreement.yaml', ['pub-security', 'education'].map(signerNamed));
    },
    () => ({
      zh: '营养餐资助的共享协议：依据是个人同意，只给收入区间；告知书已登记，同意只能按它的摘要作出',
      en: 'an agreement for subsidised school meals: its basis is consent, it grants an income band; the notice is registered, and consents name it by digest',
    }),
  );
  const education = DatongClient.fromProfile(openProfile({ as: 'education' }));
  const app = DatongClient.fromProfile(openProfile({ as: 'pub-security' }));
  const ask = () => education.query(household, aboutChild(child), context);
  const refused = async (): Promise<string> => {
    const error = await ask().then(
      () => undefined,
      (problem: unknown) => problem,
    );
    if (!(error instanceof DatongProblem)) throw unexpected();
    if (error.kept !== undefined) tally.kept.push(error.kept);
    return error.code;
  };
  const given = consentFor(child);
  try {
    await narrator.step(refused, (code) => ({
      zh: `教育局查询该儿童：${code}——答复不说明此人是否在数据中`,
      en: `Education asks about the child: ${code}; the answer does not say whether the child is in the data`,
    }));
    await narrator.step(
      () => app.giveConsent(given),
      ({ json }) => ({
        zh: `家长在市政务应用中单独同意（公安局采集并签名；接收方不能自己签）：${json.fields.join('、')}，到 ${json.expires.slice(0, 10)}`,
        en: `the parent agrees in the city's app (collected and signed by Public Security; a recipient never signs): ${json.fields.join(', ')}, until ${json.expires.slice(0, 10)}`,
      }),
    );
    const answer = await narrator.step(ask, ({ json }) => ({
      zh: `同一查询：${JSON.stringify(json.records[0] ?? {})}`,
      en: `the same question: ${JSON.stringify(json.records[0] ?? {})}`,
    }));
    if (answer.json.records.length !== 1) throw unexpected();
    tally.kept.push(answer.kept);
    await narrator.step(
      () => app.withdrawConsent(given.id),
      () => ({
        zh: '她撤回：与同意一样一步，从下一次答复起生效',
        en: 'she withdraws: one step, like giving, and it holds from the next answer on',
      }),
    );
    await narrator.step(refused, (code) => ({
      zh: `下一次查询：${code}`,
      en: `the next question: ${code}`,
    }));
    const owed = await narrator.step(
      async () => (await education.duties({ due: true })).json.duties,
      (duties) => ({
        zh: `教育局收到 ${duties.length} 项删除义务：${duties[0]?.due ?? ''} 前删除凭该同意收到的数据，并签署声明`,
        en: `Education now owes ${duties.length} deletion: what it received on that consent goes by ${duties[0]?.due ?? ''}, and it says so, signed`,
      }),
    );
    if (!owed.some(({ consent }) => consent === given.id)) throw unexpected();
    await narrator.step(
      () => education.stateDuties({ duties: owed.map(({ id }) => id), states: 'deleted' }),
      ({ json }) => ({
        zh: `教育局声明已删除：${json.duties[0]?.state ?? ''}，公安局看得到这份签名`,
        en: `Education states that it deleted it: ${json.duties[0]?.state ?? ''}, and Public Security sees the signature`,
      }),
    );
  } finally {
    education.close();
    app.close();
  }
}

function consentFor(child: Resident): GivenConsent {
  const [notice] = readDocuments(noticeFile);
  const text = notice?.members['text'];
  if (typeof text !== 'string') throw unexpected();
  return {
    id: 'meals-2026-0451',
    person: child.id,
    guardian: child.guardian,
    recipient: 'education',
    dataset: household,
    purposes: [context.purpose],
    fields: ['name', 'income'],
    notBefore: new Date().toISOString(),
    expires: '2099-01-01T00:00:00+08:00',
    notice: { digest: createHash('sha256').update(text, 'utf8').digest('hex'), language: 'zh' },
    method: 'app',
  };
}

const unexpected = (): VerbFailure =>
  new VerbFailure(exitCode.verification, {
    zh: '个人同意的一幕与预期不符',
    en: 'the act about consent did not end as it must',
  });
