/** Act three, 个人同意: an exchange without a legal basis needs the consent of the person, who may withdraw it at any time. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { DatongClient } from '../../../sdk/datongClient.ts';
import { DatongProblem } from '../../../sdk/datongProblem.ts';
import type { GivenConsent } from '../../../sdk/consents.ts';
import type { CallContext } from '../../../sdk/types.ts';
import { readDocuments } from '../../apply/readDocuments.ts';
import { bodyOf } from '../../approve/waiting.ts';
import { openProfile, openStaffAccess } from '../../profile.ts';
import { linesOf } from '../../subject/printView.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import { signerNamed } from '../agreements.ts';
import { aboutChild, household } from './childAct.ts';
import type { Narrator, Tally } from '../narrator.ts';
import type { Resident } from '../files/invented.ts';
import { acceptProposal, type Stage } from '../stage.ts';

const noticeFile = resolve(import.meta.dirname, '../../../../samples/school-meals/notice.yaml');

const consentId = 'meals-2026-0451';
export const mealsContext: CallContext = {
  purpose: 'school-meals',
  agreement: 'agr-school-meals',
  onBehalfOf: 'official-0412',
  matter: 'YC-2026-000017',
};

/**
 * The parent consents in the city's app, and the query works for that child alone. The parent withdraws, and the next call is refused. The
 * school deletes the data, and the parent reads who accessed it.
 */
export async function mealsWithConsent(
  stage: Stage,
  narrator: Narrator,
  tally: Tally,
  child: Resident,
): Promise<void> {
  narrator.act({
    zh: '第三幕  个人同意：没有法律规定的查询，由家长说了算，说撤就撤',
    en: 'Act 3  Consent: without a legal basis for a look-up the parent decides, and may change the decision',
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
  const query = (subject: Pick<Resident, 'id'>) =>
    education.query(household, aboutChild(subject), mealsContext);
  /** @returns the code of the refusal */
  const refusedQuery = async (subject: Pick<Resident, 'id'>): Promise<string> => {
    const error = await query(subject).then(
      () => undefined,
      (problem: unknown) => problem,
    );
    if (!(error instanceof DatongProblem)) throw unexpected();
    if (error.kept !== undefined) tally.exchanges.push(error.kept);
    return error.code;
  };
  const consent = consentFor(child);
  try {
    await narrator.step(
      () => refusedQuery(child),
      (code) => ({
        zh: `教育局查询该儿童：${code}——答复不说明此人是否在数据中`,
        en: `Education asks about the child: ${code}; the answer does not say whether the child is in the data`,
      }),
    );
    await narrator.step(
      () => app.giveConsent(consent),
      ({ json }) => ({
        zh: `家长在市政务应用中单独同意（公安局采集并签名；接收方不能自己签）：${json.fields.join('、')}，到 ${json.expires.slice(0, 10)}`,
        en: `the parent agrees in the city's app (collected and signed by Public Security; a recipient never signs): ${json.fields.join(', ')}, until ${json.expires.slice(0, 10)}`,
      }),
    );
    const answer = await narrator.step(
      () => query(child),
      ({ json }) => ({
        zh: `同一查询：${JSON.stringify(json.records[0] ?? {})}`,
        en: `the same question: ${JSON.stringify(json.records[0] ?? {})}`,
      }),
    );
    if (answer.json.records.length !== 1) throw unexpected();
    tally.exchanges.push(answer.kept);
    await narrator.step(
      () => refusedQuery({ id: child.guardian }),
      (code) => ({
        zh: `只对这一个孩子：查家长本人，${code}`,
        en: `for that child alone: of the parent, ${code}`,
      }),
    );
    await narrator.step(
      () => app.withdrawConsent(consent.id),
      () => ({
        zh: '家长撤回：与同意一样一步，从下一次答复起生效',
        en: 'the parent withdraws: one step, like giving, and it applies from the next answer on',
      }),
    );
    await narrator.step(
      () => refusedQuery(child),
      (code) => ({
        zh: `下一次查询：${code}`,
        en: `the next question: ${code}`,
      }),
    );
    const duties = await narrator.step(
      async () => (await education.duties({ due: true })).json.duties,
      (owed) => ({
        zh: `教育局收到 ${owed.length} 项删除义务：${owed[0]?.due ?? ''} 前删除凭该同意收到的数据，并签署声明`,
        en: `Education now owes ${owed.length} deletion: what it received on that consent goes by ${owed[0]?.due ?? ''}, and it says so, signed`,
      }),
    );
    if (!duties.some((duty) => duty.consent === consent.id)) throw unexpected();
    await narrator.step(
      () => education.stateDuties({ duties: duties.map(({ id }) => id), states: 'deleted' }),
      ({ json }) => ({
        zh: `教育局声明已删除：${json.duties[0]?.state ?? ''}，公安局看得到这份签名`,
        en: `Education states that it deleted it: ${json.duties[0]?.state ?? ''}, and Public Security sees the signature`,
      }),
    );
    await whoAccessed(stage, narrator, app, child);
  } finally {
    education.close();
    app.close();
  }
}

/** Two persons of the data office appoint the app. Then the parent asks it who accessed the data of their child. */
async function whoAccessed(
  stage: Stage,
  narrator: Narrator,
  app: DatongClient,
  child: Resident,
): Promise<void> {
  await appointApp(stage, { department: 'pub-security', appointed: true });
  const { json } = await narrator.step(
    () => app.viewSubject({ person: child.id, presentedBy: 'guardian', assurance: 'high' }),
    ({ json: { view } }) => ({
      zh: `家长在应用中查“谁查过我的孩子”：${view.looks.length} 条，枢纽签名；应用由主管部门两人指定，这次查询本身也留痕`,
      en: `the parent asks the app who accessed the data of the child: ${view.looks.length} access records, signed by the hub; two persons of the data office appointed the app, and this query is logged too`,
    }),
  );
  const [answered] = json.view.looks.filter(({ consents }) => consents?.includes(consentId) === true);
  const [refused] = json.view.looks.filter(({ code }) => code === 'consent_missing');
  if (answered === undefined || refused === undefined) throw unexpected();
  for (const look of [answered, refused])
    narrator.detail(
      linesOf(look)
        .join(' ')
        .replaceAll(/\s{2,}/g, ' · '),
    );
}

/** The operator proposes, and the security officer accepts. */
async function appointApp(stage: Stage, body: object): Promise<void> {
  const proposed = bodyOf(await stage.operator.post('/v1/person-services', body));
  const { token } = openStaffAccess({ as: 'security' });
  await acceptProposal(stage.operator, proposed['proposal'], token);
}

/** The consent as the parent gives it in the app. */
export function consentFor(child: Resident): GivenConsent {
  const [notice] = readDocuments(noticeFile);
  const text = notice?.members['text'];
  if (typeof text !== 'string') throw unexpected();
  return {
    id: consentId,
    person: child.id,
    guardian: child.guardian,
    recipient: 'education',
    dataset: household,
    purposes: [mealsContext.purpose],
    fields: ['name', 'income'],
    // slightly in the past: the hub's clock may be behind that of the app
    notBefore: new Date(Date.now() - 60_000).toISOString(),
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
