import type { components } from '../../../../api/openapi.ts';
import type { Plan, Plans } from '../../../../policies/plans.ts';
import { plansInForce } from '../../../../policies/plansInForce.ts';
import { storedValueMasks } from '../../../../policies/masks/attachments/images.ts';
import { rootOf } from '../../../../policies/masks/rows/fieldPath.ts';
import { attachmentFields } from '../../../../schemas/attachments.ts';
import type { DatasetSchema, SchemaField } from '../../../../schemas/datasetSchema.ts';
import { isContributor, maySet, type CaseRules } from '../../../domain/cases.ts';
import { sent } from '../../../domain/cells.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import type { StaffCaller } from '../../../identity/authentication/caller.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { operation } from '../../common/operation.ts';
import type { Services } from '../../common/services.ts';

type CaseDataset = components['schemas']['CaseDataset'];
type CaseField = components['schemas']['CaseField'];

/** GET /v1/case-datasets: what a page of cases needs. Rows are read by queryCases only. */
export const listCaseDatasets = operation('listCaseDatasets', {
  kind: 'inspect',
  permission: sent,
  owner: self,
  run: (call, services) => {
    const { datasets: live, plans } = services.registry.current;
    const departments = departmentsOf(call.caller, services);
    const datasets = [...live.values()].flatMap((dataset) => {
      const { cases } = intakeRulesOf(dataset.row);
      if (cases === undefined) return [];
      return departments
        .filter((one) => one === dataset.row.department || isContributor(cases, one))
        .map((department) => viewOf(dataset, cases, { department, plans, now: call.now }));
    });
    return allowed<'listCaseDatasets'>(
      200,
      { datasets },
      { facts: { change: { datasets: datasets.length } } },
    );
  },
});

/** Departments in which the caller works on cases. */
function departmentsOf({ grants }: StaffCaller, { identity }: Pick<Services, 'identity'>): readonly string[] {
  const office = identity.departments().find(({ dataOffice }) => dataOffice)?.code;
  const codes = grants.flatMap(({ role, department = office }) =>
    (role === 'steward' || role === 'clerk') && department !== undefined ? [department] : [],
  );
  return [...new Set(codes)];
}

interface Viewer {
  readonly department: string;
  readonly plans: Plans;
  /** Unix milliseconds */
  readonly now: number;
}

function viewOf(
  { row, schema }: LiveDataset,
  cases: CaseRules,
  { department, plans, now }: Viewer,
): CaseDataset {
  const parties = { department, provider: row.department };
  const inForce = plansInForce(plans, { consumer: department, dataset: row.id }, now).filter(
    ({ needs }) => !needs.lookup,
  );
  const granted = new Set(inForce.flatMap(({ whole }) => whole.fields.map(({ field }) => rootOf(field))));
  const sets = schema.fields
    .map(({ name }) => name)
    .filter((name) => name !== cases.state && maySet(cases, schema, name, parties));
  return {
    dataset: row.id,
    title: { zh: row.titleZh, en: row.titleEn },
    provider: row.department,
    department,
    state: cases.state,
    titles: {
      states: cases.states ?? {},
      transitions: Object.fromEntries(
        cases.transitions.flatMap(({ id, title }) => (title === undefined ? [] : [[id, title] as const])),
      ),
    },
    key: [...schema.primaryKey],
    sets,
    fields: schema.fields
      .filter(({ name }) => granted.has(name) || sets.includes(name))
      .map((field) => fieldView(schema, field)),
    steps: cases.transitions
      .filter(({ by }) => by.includes(department))
      .map(({ id, from, to }) => ({ id, from, to })),
    agreements: agreementsOf(inForce),
  };
}

/** Plans differ by purpose within an agreement. */
function agreementsOf(plans: readonly Plan[]): CaseDataset['agreements'] {
  const first = plans.filter(
    (one, nth) => plans.findIndex(({ ref }) => ref.agreement === one.ref.agreement) === nth,
  );
  return first.map(({ ref, agreement, grant, filterable, needs }) => {
    const alternatives = plans.filter((one) => one.ref.agreement === ref.agreement);
    const maskedFields = alternatives
      .flatMap(({ whole }) => whole.fields)
      .filter(({ mask }) => !storedValueMasks.has(mask.name))
      .map(({ field }) => rootOf(field));
    return {
      agreement: ref.agreement,
      title: titleOf(agreement),
      purposes: alternatives.map((one) => one.ref.purpose),
      filterBy: [...filterable],
      // under any of the purposes
      masked: [...new Set(maskedFields)],
      history: grant.deliveries?.includes('history') === true,
      matter: needs.matter,
    };
  });
}

const titleOf = ({ id, title = { zh: id, en: id } }: Plan['agreement']) => ({ zh: title.zh, en: title.en });

function fieldView(schema: DatasetSchema, field: SchemaField): CaseField {
  const { name, title } = field;
  const attachment = attachmentFields(schema).find((one) => one.field === name);
  const shown = { name, title: { zh: title.zh, en: title.en } };
  if (attachment !== undefined)
    return {
      ...shown,
      kind: 'attachment',
      mediaTypes: [...attachment.mediaTypes],
      ...(field.type === 'array' ? { list: true as const } : {}),
    };
  if (layoutOf(schema).byField.get(name)?.isPlace === true) return { ...shown, kind: 'place' };
  const { enum: values, format } = field.schema;
  if (field.type === 'string' && Array.isArray(values))
    return {
      ...shown,
      kind: 'choice',
      values: (values as readonly unknown[]).filter((one): one is string => typeof one === 'string'),
    };
  if (field.type === 'string' && format === 'date') return { ...shown, kind: 'date' };
  if (field.type === 'string' && format === 'date-time') return { ...shown, kind: 'moment' };
  return { ...shown, kind: kinds[field.type] ?? 'other' };
}

const kinds: Readonly<Record<string, CaseField['kind']>> = {
  string: 'text',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
};
