/** Interlude, 共享申请: a district office requests data, is notified once of what is missing, and is granted less than it requested. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatongClient } from '../../../sdk/datongClient.ts';
import type { RequestView } from '../../../sdk/listTypes.ts';
import { applyDocuments } from '../../apply/applyDocuments.ts';
import { readDocuments } from '../../apply/readDocuments.ts';
import { bodyOf } from '../../approve/waiting.ts';
import { openProfile, openStaffAccess } from '../../profile.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import { signerNamed } from '../agreements.ts';
import type { Narrator } from '../narrator.ts';
import { requestTerm } from '../requestTerm.ts';
import type { Stage } from '../stage.ts';
import { showMakeUpDays, isStageDeadlineRight } from './requestDeadlines.ts';

const samples = resolve(import.meta.dirname, '../../../../samples/requests');
/** 东溪区教育局, which makes the request. */
const district = 'dongxi-education';
const undertaking = createHash('sha256').update('承诺书', 'utf8').digest('hex');

/** The steps of the request: the acting person and their text. */
const path = [
  ['reviewer', { act: 'pass' }],
  ['office', { act: 'pass' }],
  [
    'provider',
    {
      act: 'return',
      missing: [
        { item: '依据', note: '请写明条款' },
        { item: 'address', note: '用区划代码即可' },
      ],
    },
  ],
  ['asker', { act: 'supplement', papers: { reason: '按户籍安排接送', commitment: undertaking } }],
  ['provider', { act: 'pass' }],
] as const;

/** @returns token of a steward of the provider */
export async function requestAct(stage: Stage, narrator: Narrator): Promise<string> {
  narrator.act({
    zh: '幕间  共享申请：先申请，一次性告知，少给一些，办理时限看得见',
    en: 'Interlude  A request: asked for, returned once with one list, granted less, in time that can be seen',
  });
  await stage.apply('city/procedure.yaml');
  await stage.admit('requests/district.yaml');
  const tokens = await people(stage);
  const valid = requestTerm(Date.now());
  const [wanted, offered] = ['wanted.yaml', 'offered.yaml'].map((file) => {
    const [document] = readDocuments(join(samples, file));
    if (document === undefined) throw unexpected();
    return { kind: document.kind, ...document.members, valid };
  });
  const papers = { reason: '按户籍安排接送', commitment: undertaking };
  const requested = await narrator.step(
    async () =>
      answered(await stage.operator.post('/v1/requests', { document: wanted, papers }, tokens.asker)),
    ({ id, stages, due }) => ({
      zh: `东溪区教育局申请 ${id}：${stages.map(({ title }) => title.zh).join(' → ')}；本环节 ${due ?? ''} 前`,
      en: `Dongxi, a district, asks, ${id}: ${stages.map(({ title }) => title.en).join(' → ')}; this stage until ${due ?? ''}`,
    }),
  );
  if (!isStageDeadlineRight(requested)) throw unexpected();
  await triedOut(narrator);
  const act = async (who: keyof typeof tokens, body: object): Promise<RequestView> =>
    answered(await stage.operator.post(`/v1/requests/${requested.id}/acts`, body, tokens[who]));
  for (const [who, body] of path) {
    const { state } = await act(who, body);
    if ((state === 'returned') !== (body.act === 'return')) throw unexpected();
  }
  narrator.detail({
    zh: '审核、符合性审查、初审：提供部门一次列明两处缺失，补正后通过；申请人不审自己的申请，一人不办两个环节',
    en: 'reviewed, checked, inspected: the provider named both missing items in one list; no person reviews their own request or decides two stages',
  });
  await returnedOnce(stage, narrator, { id: requested.id, token: tokens.provider });
  const less = await narrator.step(
    () => act('decider', { act: 'offer', reason: '姓氏与区划足够', document: offered }),
    ({ agreement }) => ({
      zh: `提供部门提出少给：${agreement} 只含姓氏和区划代码`,
      en: `the provider offers less: ${agreement} with the family name and the district's code`,
    }),
  );
  const accepted = await narrator.step(
    () => act('asker', { act: 'accept' }),
    ({ state }) => ({ zh: `需求部门一步接受：${state}`, en: `the district accepts it in one act: ${state}` }),
  );
  await narrator.step(
    () => signed(stage, accepted),
    () => ({
      zh: `两个部门签名、第二人审批后生效：${less.agreement}`,
      en: `signed by both departments, approved by a second person: ${less.agreement} is in force`,
    }),
  );
  await counted(narrator);
  showMakeUpDays(requested.stages.at(-1)?.days ?? 0, narrator);
  return tokens.provider;
}

/** A second list is refused: faults not named the first time cannot be raised later. */
async function returnedOnce(
  { operator }: Stage,
  narrator: Narrator,
  { id, token }: { readonly id: string; readonly token: string },
): Promise<void> {
  const missing = [{ item: 'name', note: '为何需要全名' }];
  const { body } = await operator.post(`/v1/requests/${id}/acts`, { act: 'return', missing }, token);
  if (body['code'] !== 'return_once') throw unexpected();
  narrator.detail({
    zh: '提供部门想再退回一次 → return_once',
    en: 'the provider would return it a second time → return_once',
  });
}

/** While the request waits, the department's developer works with invented rows that have the requested fields and masks. */
async function triedOut(narrator: Narrator): Promise<void> {
  const asking = DatongClient.fromProfile(openProfile({ as: district }));
  const dataset = 'pub-security.household';
  const agreement = 'agr-school-bus';
  try {
    const { json } = await narrator.step(
      async () => {
        const { lookups } = (await asking.sandbox.describe(dataset, { agreement })).json;
        const [{ field, values: [value = ''] } = unexpectedly()] = lookups;
        const query = { filter: [{ field, op: 'eq' as const, value }] };
        return asking.sandbox.query(dataset, query, { agreement, onBehalfOf: 'official-0317' });
      },
      ({ json: { records } }) => ({
        zh: `申请尚未答复，先用合成副本联调：${JSON.stringify(records[0])}；虚构数据，不计入任何统计`,
        en: `no answer yet, and the synthetic twin is built against: ${JSON.stringify(records[0])}; invented, and counted nowhere`,
      }),
    );
    if (json.synthetic.from !== 'request' || json.records.length !== 1) throw unexpected();
  } finally {
    asking.close();
  }
}

/** Counts residents by place in the database. Small groups are named as hidden, and others are hidden with them to prevent subtraction. */
async function counted(narrator: Narrator): Promise<void> {
  const asking = DatongClient.fromProfile(openProfile({ as: district }));
  const context = { purpose: 'school-enrolment', agreement: 'agr-school-bus', onBehalfOf: 'official-0317' };
  try {
    const { json } = await narrator.step(
      () => asking.aggregate('pub-security.household', 'by-district', context),
      ({ json: { cells, minGroup } }) => {
        const hidden = cells.filter((cell) => 'suppressed' in cell);
        const shown = cells.find((cell) => 'count' in cell && Object.keys(cell.key).length === 2);
        const reported = [shown, hidden[0]].map((cell) => JSON.stringify(cell)).join('  ');
        return {
          zh: `统计各区人数：${cells.length} 格，${hidden.length} 格不予公布（少于 ${minGroup} 人的，和防止相减推出它们的）：${reported}`,
          en: `counted by district: ${cells.length} cells, ${hidden.length} suppressed (groups below ${minGroup}, and those that would give them away by subtraction): ${reported}`,
        };
      },
    );
    if (!json.cells.some((cell) => 'suppressed' in cell)) throw unexpected();
  } finally {
    asking.close();
  }
}

/** Two of the asking district, two of the provider's; the data office's steward is there. */
async function people(stage: Stage) {
  return {
    asker: await stage.admitPerson('district-asker', '演示区级申请人 demo district asker', {
      role: 'steward',
      department: district,
    }),
    reviewer: await stage.admitPerson('district-reviewer', '演示区级审核人 demo district reviewer', {
      role: 'steward',
      department: district,
    }),
    provider: await stage.admitPerson('provider', '演示提供方 demo provider', {
      role: 'steward',
      department: 'pub-security',
    }),
    decider: await stage.admitPerson('decider', '演示决定人 demo decider', {
      role: 'security',
      department: 'pub-security',
    }),
    office: openStaffAccess({ as: 'steward' }).token,
  };
}

/** The text that was accepted, signed by both and approved by the security officer. */
async function signed(stage: Stage, { document }: RequestView): Promise<void> {
  const file = join(stage.folder, 'agreed.json');
  writeFileSync(file, JSON.stringify(document), { mode: 0o600 });
  const [applied] = await applyDocuments(readDocuments(file), {
    client: stage.operator,
    signers: ['pub-security', district].map(signerNamed),
    approveWith: openStaffAccess({ as: 'security' }).token,
  });
  if (applied?.outcome !== 'granted') throw unexpected();
}

const answered = (reply: Parameters<typeof bodyOf>[0]): RequestView =>
  bodyOf(reply) as unknown as RequestView;

const unexpectedly = (): never => {
  throw unexpected();
};

const unexpected = (): VerbFailure =>
  new VerbFailure(exitCode.verification, {
    zh: '共享申请的一幕与预期不符',
    en: 'the act about a request did not end as it must',
  });
