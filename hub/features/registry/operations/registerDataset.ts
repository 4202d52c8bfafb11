import type { components } from '../../../../api/openapi.ts';
import { canonicalText } from '../../../../schemas/readJson.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { defined } from '../../../../terms/defined.ts';
import { Problem } from '../../../../terms/problem.ts';
import { defaultIntakeRules } from '../../../domain/intakeRules.ts';
import { crossRuleText } from '../../../domain/crossRule.ts';
import { byCallText } from '../../../domain/byCall.ts';
import { casesText } from '../../../domain/cases.ts';
import { eventRuleText } from '../../../domain/eventRule.ts';
import { periodsText } from '../../../domain/periods.ts';
import { referenceText } from '../../../domain/reference.ts';
import { rollupText } from '../../../domain/rollup.ts';
import { datasetById, insertDataset, type DatasetRow } from '../../../registry/store/datasets.ts';
import { schemaByUrn } from '../../../registry/store/schemas.ts';
import type { Outcome } from '../../../pipeline/call.ts';
import { checkDecider, checkEventTypes, checkRules } from './tryMasks.ts';
import { checkCases } from './checkCases.ts';
import { checkRollup } from './checkRollup.ts';
import { digestOf, registered } from './registration.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { anyOf } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

type Body = components['schemas']['Dataset'];

/**
 * @throws Problem dataset_id_used_up, dataset_differs, department_unknown, unknown_reference (schema), sharing_conditions, already_registered,
 *   intake_rule_idle, reference_unfit, cross_rule_unfit, periods_unfit,
 *   cases_unfit, rollup_unfit
 */
export const registerDataset = operation('registerDataset', {
  kind: 'management',
  permission: { operator: everywhere, 'office steward': own, steward: own },
  owner: (call) => anyOf(providerOf(datasetId(call.body.id))),
  run: async (call, services) => {
    const body = call.body;
    const id = datasetId(body.id);
    const department = providerOf(id);
    if (services.identity.department(department) === undefined) {
      throw new Problem('department_unknown', { department }, { at: '/body/id' });
    }
    const { app } = services.database;
    const former = await datasetById(app, id);
    // decisions and log entries of the former dataset must not be read as those of another
    if (former?.state === 'retired')
      throw new Problem('dataset_id_used_up', { dataset: id }, { at: '/body/id' });
    if (former !== undefined) return registeredAlready(body, former);
    const schema = await schemaByUrn(app, body.schema);
    if (schema?.state !== 'published') {
      throw new Problem('unknown_reference', { kind: 'Schema', name: body.schema }, { at: '/body/schema' });
    }
    const { type, conditions } = body.sharing;
    // 有条件共享 must state its conditions, which are shown to those who may request the data; other types have none
    if ((type === 'conditional') !== (conditions !== undefined && conditions.trim() !== '')) {
      throw new Problem('sharing_conditions', { type }, { at: '/body/sharing/conditions' });
    }
    const digest = digestOf(body);
    const { intake = {} } = body;
    checkRules(body, intake, services);
    checkCases(body, intake, services);
    checkRollup(body, intake, services, undefined);
    await checkEventTypes(intake, services);
    checkDecider(department, intake, {}, services, call.now);
    return registered({
      kind: 'Dataset',
      id,
      digest,
      registered: undefined,
      versioned: false,
      work: (transaction) =>
        insertDataset(
          transaction,
          {
            id,
            department,
            titleZh: body.title.zh,
            titleEn: body.title.en,
            schema: body.schema,
            mode: body.mode,
            sharing: body.sharing.type,
            conditions: body.sharing.conditions ?? '',
            state: 'published',
            intake,
            rawDays: body.retention?.rawDays ?? null,
            digest,
          },
          call.exchange,
        ),
      change: {
        schema: body.schema,
        mode: body.mode,
        sharing: body.sharing.type,
        ...ruleTexts(intake),
        ...body.retention,
      },
    });
  },
});

/** The rules as texts of the entry: members of one value as they are, lists and objects as one line. */
function ruleTexts(intake: NonNullable<Body['intake']>): Readonly<Record<string, unknown>> {
  const { deleteWhere, expect, references = [], crossRules = [], periods, byCall, ...more } = intake;
  const { eventRules = [], cases, rollup, ...others } = more;
  return {
    ...others,
    ...(expect === undefined
      ? {}
      : { expect: 'by' in expect ? `${expect.every} ${expect.by}` : expect.every }),
    ...(deleteWhere === undefined
      ? {}
      : { deleteWhere: `${deleteWhere.field} = ${deleteWhere.is.join(' | ')}` }),
    ...listTexts({
      references: references.map(referenceText),
      crossRules: crossRules.map(crossRuleText),
      eventRules: eventRules.map(eventRuleText),
    }),
    ...defined({
      periods: periods && periodsText(periods),
      byCall: byCall && byCallText(byCall),
      cases: cases && casesText(cases),
      rollup: rollup && rollupText(rollup),
    }),
  };
}

/** Lists that have an element, each as one line. */
const listTexts = (lists: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(lists)
      .filter(([, list]) => list.length > 0)
      .map(([name, list]) => [name, list.join(' | ')]),
  );

/** How each member of a document is changed once the dataset is registered. */
const changedBy: Readonly<Record<string, Bilingual>> = {
  title: { zh: '以 `datong dataset amend` 更改', en: 'is changed by `datong dataset amend`' },
  schema: { zh: '以 `datong dataset move` 换用', en: 'is changed by `datong dataset move`' },
  mode: { zh: '不可更改：另登记一个数据资源', en: 'never changes: register another dataset' },
  sharing: {
    zh: '由链接它的目录条目（CatalogueEntry）规定，以条目的修订更改',
    en: 'is ruled by the catalogue entry (CatalogueEntry) that links it, and changed by its next revision',
  },
  intake: {
    zh: '以 `datong dataset amend --intake` 更改',
    en: 'is changed by `datong dataset amend --intake`',
  },
  retention: {
    zh: '以 `datong dataset amend --raw-days` 更改',
    en: 'is changed by `datong dataset amend --raw-days`',
  },
};

/**
 * Registering the same content again changes nothing. Differences are reported with the registered value and the way to change it.
 * @throws Problem dataset_differs
 */
function registeredAlready(body: Body, former: DatasetRow): Outcome {
  const withDefaults = (intake: Body['intake']): object => ({ ...defaultIntakeRules, ...intake });
  const sharedAs = ({ type, conditions = '' }: Body['sharing']): string =>
    conditions === '' ? type : `${type}（${conditions}）`;
  const registeredSharing: Body['sharing'] = { type: former.sharing, conditions: former.conditions };
  const pairs: Readonly<Record<string, readonly [asked: unknown, stands: unknown]>> = {
    title: [body.title, { zh: former.titleZh, en: former.titleEn }],
    schema: [body.schema, former.schema],
    mode: [body.mode, former.mode],
    sharing: [sharedAs(body.sharing), sharedAs(registeredSharing)],
    intake: [withDefaults(body.intake), withDefaults(former.intake as Body['intake'])],
    retention: [body.retention?.rawDays ?? null, former.rawDays],
  };
  const findings = Object.entries(pairs).flatMap(([member, [requested, now]]) => {
    if (canonicalText(requested) === canonicalText(now)) return [];
    const { zh, en } = changedBy[member] ?? { zh: '', en: '' };
    const [as, wanted] = [textOf(now), textOf(requested)];
    return [
      {
        pointer: `/body/${member}`,
        code: 'differs',
        message: {
          zh: `现为 ${as}，文件为 ${wanted}；${zh}`,
          en: `is registered as ${as}, the file has ${wanted}; it ${en}`,
        },
      },
    ];
  });
  if (findings.length > 0) throw new Problem('dataset_differs', { dataset: former.id }, { findings });
  const { id, digest } = former;
  const work = (): Promise<void> => Promise.resolve();
  return registered({ kind: 'Dataset', id, digest, registered: digest, versioned: false, work });
}

/** The value of a member as text, cut to the length of a line. */
const textOf = (value: unknown): string => {
  const text = typeof value === 'string' ? value : canonicalText(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};
