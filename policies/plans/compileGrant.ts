/** Compiles one grant for every party and purpose into plans. */
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import type { PolicyContext } from '../context.ts';
import type { DatasetMode } from '../datasetMode.ts';
import type { FieldGrant, Permission, PlanRef, ConsentDemand } from '../decision.ts';
import {
  consumerOf,
  type Agreement,
  type Grant,
  type Requirement,
  type GrantConsent,
  type Delivery,
  type Limits,
} from '../documents/agreement.ts';
import type { Restriction } from '../documents/documentChecks.ts';
import { maskNamed } from '../masks/catalogue.ts';
import { rootOf } from '../masks/rows/fieldPath.ts';
import { aggregatesOf, checkAggregatesOf } from './aggregates.ts';
import { checkBasisOfData } from './checkBasisOfData.ts';
import { effectiveFields } from './effectiveFields.ts';
import { checkFactsOf, factsOf } from './facts.ts';
import { inputsOf } from './grantInputs.ts';
import type { PseudonymScopes } from './linkages.ts';
import { mattersOf } from './matters.ts';
import type { Party } from './parties.ts';
import { passesOf } from './passes.ts';
import type { Plan } from './plan.ts';
import type { Report } from './report.ts';
import { rowFilterOf } from './rowRules.ts';
import { defined } from '../../terms/defined.ts';

/**
 * The consent that a grant requires from the persons its rows are about. It compiles only where the hub can check it: the rows are about
 * persons, and where age matters the row itself names birth and guardian (PIPL art. 31: under 14 the parent or guardian decides). Consents
 * count if requested by the provider, or by a department named in the agreement, which the provider signed. No two other departments can
 * create one between them.
 */
function consentDemand(
  { required: _required, collectors = [], ...demand }: GrantConsent,
  agreement: Agreement,
  schema: DatasetSchema,
  path: string,
  report: Report,
): ConsentDemand {
  const field = (name: string | undefined) => schema.fields.find((one) => one.name === name);
  const fault = (word: string, zh: string, en: string): void =>
    report.error('consent_not_decidable', `${path}/consent${word}`, zh, en);
  const { subject } = schema;
  const { guardianUnder, birth, guardian } = demand;
  if ((guardianUnder === undefined) !== (birth === undefined)) {
    fault(
      '/birth',
      '按年龄要求监护人同意时须写明出生日期数据项，否则不写',
      'birth goes with guardianUnder, and only with it',
    );
  }
  if (guardianUnder !== undefined && guardian === undefined) {
    fault('/guardian', '须写明监护人数据项', 'guardianUnder needs the field that names the guardian');
  }
  if (birth !== undefined && field(birth)?.format !== 'date') {
    fault('/birth', '没有这个数据项，或它不是日期', 'there is no such field, or it is no date');
  }
  const namesAnother = (name: string): boolean =>
    name !== subject?.field && field(name)?.semantic === field(subject?.field)?.semantic;
  if (guardian !== undefined && !namesAnother(guardian)) {
    fault(
      '/guardian',
      '没有这个数据项，或它与主体标识不是同一种标识',
      'there is no such field, or it names no person as the subject is named',
    );
  }
  if (collectors.includes(consumerOf(agreement))) {
    fault('/collectors', '接收部门不能采集对自己的同意', 'the recipient does not ask for consents to itself');
  }
  return { ...demand, collectors: [...new Set([agreement.provider, ...collectors])] };
}

export interface GrantInput {
  readonly agreement: Agreement;
  readonly index: number;
  readonly restrictions: readonly Restriction[];
  readonly context: PolicyContext;
  readonly digest: string;
  readonly scopes: PseudonymScopes;
  readonly parties: readonly Party[];
  readonly report: Report;
}

/** Plans of one grant; findings go to the report, and a grant without its schema has no plans. */
export function compileGrant(input: GrantInput): readonly Plan[] {
  const { agreement, index, context, parties, report } = input;
  const grant = agreement.grants[index];
  if (grant === undefined) return [];
  const path = `/grants/${index}`;
  const { schema, unshared, mode } = inputsOf(grant, context);
  if (schema === undefined) {
    report.error('unknown_schema', `${path}/schema`, '没有这个数据集标准', 'there is no such schema');
    return [];
  }
  if (unshared) {
    report.error('not_shared', `${path}/dataset`, '该数据资源不予共享', 'the dataset is not shared');
  }
  checkNames(grant, schema, path, report);
  checkDeliveries(grant, schema, mode, path, report);
  checkFactsOf(grant, schema, path, report);
  checkAggregatesOf(grant, schema, mode, path, report);
  const plans: Plan[] = [];
  for (const purpose of grant.purposes ?? agreement.purposes) {
    const effective = effectiveFields({ grant, schema, path, purpose, ...input });
    // a floor may drop a field for one purpose and not for another
    checkBasisOfData({ agreement, grant, schema, path, fields: effective.grants, report });
    for (const party of parties) {
      plans.push(planOf(input, grant, schema, purpose, party, effective));
    }
  }
  return plans;
}

/** Whether the dataset is registered with another mode. */
const isOther = (mode: string | undefined, wanted: string): boolean => mode !== undefined && mode !== wanted;

/** Deliveries and limits that the kind of the dataset makes impossible. `mode` is undefined where the dataset is not registered yet. */
function checkDeliveries(
  grant: Grant,
  schema: DatasetSchema,
  mode: ReturnType<typeof inputsOf>['mode'],
  path: string,
  report: Report,
): void {
  const has = (delivery: 'changes' | 'latest' | 'history'): boolean =>
    grant.deliveries?.includes(delivery) === true;
  if (has('changes') && schema.primaryKey.length === 0) {
    report.error(
      'changes_without_key',
      `${path}/deliveries`,
      '数据集标准没有主键（x-primary-key），无法逐行说明变化',
      'the schema has no x-primary-key: a change cannot name its row',
    );
  }
  checkEvents(grant, mode, path, report);
  if (has('latest') && isOther(mode, 'upsert'))
    report.error(
      'latest_of_no_series',
      `${path}/deliveries`,
      '该数据资源不是按主键更新的（mode: upsert），没有最新值',
      'the dataset is not updated by key (mode: upsert): it has no latest rows',
    );
  if (has('history') && isOther(mode, 'upsert'))
    report.error(
      'history_of_no_cases',
      `${path}/deliveries`,
      '该数据资源不是按主键更新的（mode: upsert），其行没有历史',
      'the dataset is not updated by key (mode: upsert): its rows have no history',
    );
  if ((grant.limits?.cacheSeconds ?? 0) > 0 && isOther(mode, 'live')) {
    report.error(
      'limit_idle',
      `${path}/limits/cacheSeconds`,
      '该数据资源的数据就在枢纽内，没有可以留用的提供部门答复',
      'the rows of this dataset are in the hub: no provider is asked whose answer could be used again',
    );
  }
}

/** Events are delivered by the delivery `events` alone, and only event datasets have them. */
function checkEvents(grant: Grant, mode: DatasetMode | undefined, path: string, report: Report): void {
  const { deliveries = [], facts, aggregates, lookupBy } = grant;
  const delivers = deliveries.includes('events');
  const others = deliveries.length > 1 || [facts, aggregates, lookupBy].some((one) => one !== undefined);
  if (delivers && mode !== undefined && mode !== 'events')
    report.error(
      'events_of_rows',
      `${path}/deliveries`,
      '该数据资源不是事件类型（mode: events），没有可推送的事件',
      'the dataset is no type of event (mode: events): it has no events',
    );
  if (mode === 'events' && (!delivers || others))
    report.error(
      'events_alone',
      `${path}/deliveries`,
      '事件类型只能以 deliveries: [events] 授予，不能有 facts、aggregates 和 lookupBy',
      'a type of event is granted by deliveries: [events], without facts, aggregates and lookupBy',
    );
}

function checkNames(grant: Grant, schema: DatasetSchema, path: string, report: Report): void {
  const fields = fieldsByName(schema);
  for (const [i, name] of (grant.filterBy ?? []).entries()) {
    if (!fields.has(name)) {
      report.error(
        'unknown_field',
        `${path}/filterBy/${i}`,
        '数据集标准没有这个数据项',
        'the schema has no such field',
      );
    } else if (!Object.hasOwn(grant.fields, name) || grant.fields[name]?.mask !== 'clear') {
      report.error(
        'filter_on_masked_field',
        `${path}/filterBy/${i}`,
        '只能按原值（clear）授予的数据项筛选',
        'only fields granted clear can be filtered by',
      );
    }
  }
  for (const [i, name] of (grant.lookupBy ?? []).entries()) {
    const type = fields.get(name)?.type;
    if (type !== 'string' && type !== 'integer') {
      report.error(
        'unknown_field',
        `${path}/lookupBy/${i}`,
        '没有这个数据项，或其类型不能用于精确查询',
        'there is no such field, or its type cannot be looked up',
      );
    }
  }
}

function planOf(
  input: GrantInput,
  grant: Grant,
  schema: DatasetSchema,
  purpose: string,
  party: Party,
  effective: ReturnType<typeof effectiveFields>,
): Plan {
  const { agreement, index, digest, report } = input;
  const path = `/grants/${index}`;
  const { fields: share } = party;
  const chosen =
    share === undefined
      ? effective.grants
      : effective.grants.filter((one) => share.includes(rootOf(one.field)));
  const granted = new Map<string, FieldGrant[]>();
  const dropped = new Map<string, string | undefined>();
  for (const one of chosen) {
    const root = rootOf(one.field);
    if (one.mask.name === 'drop') dropped.set(root, one.floors.at(-1) ?? dropped.get(root));
    else if (granted.get(root)?.push(one) === undefined) granted.set(root, [one]);
  }
  const fields = [...granted.values()].flat();
  const limits = tightestLimits(grant.limits, [party.limits, ...effective.limits], grant.deliveries);
  const requires = new Set<Requirement>([...(grant.requires ?? []), ...effective.requires]);
  const ref: PlanRef = {
    agreement: agreement.id,
    version: agreement.version,
    consumer: party.consumer,
    ...defined({ principal: party.principal }),
    provider: agreement.provider,
    purpose,
    dataset: grant.dataset,
    schema: grant.schema,
  };
  const passes = passesOf(agreement, index, grant, purpose);
  const whole: Permission = Object.freeze({
    effect: 'allow' as const,
    policy: digest,
    reasons: passes,
    plan: ref,
    fields,
    storedFields: storedFieldsOf(fields, schema),
    withheld: withheldOf(schema, granted, dropped),
    rowFilter: rowFilterOf(grant.rows?.all ?? [], party.region, schema, path, report),
    limits,
    ...(grant.consent === undefined
      ? {}
      : { consent: consentDemand(grant.consent, agreement, schema, path, report) }),
    basis: agreement.basis,
    materials: [],
    obligations: grant.obligations ?? [],
    ...defined({ approval: agreement.approval }),
  });
  return {
    ref,
    agreement,
    grant,
    grantIndex: index,
    schema,
    granted,
    dropped,
    passes,
    fieldsOfSchema: fieldsByName(schema),
    filterable: new Set(
      (grant.filterBy ?? []).filter(
        (name) => granted.get(name)?.every((one) => one.mask.name === 'clear') === true,
      ),
    ),
    lookups: new Set(grant.lookupBy ?? []),
    facts: factsOf(grant, schema, party.fields, effective.closed, [party.limits, ...effective.limits]),
    aggregates: aggregatesOf(grant, party.fields, effective.floored),
    matters: mattersOf(agreement, whole),
    needs: {
      onBehalfOf: requires.has('on-behalf-of'),
      matter: requires.has('matter') || agreement.matters !== undefined,
      lookup: requires.has('lookup'),
    },
    whole,
  };
}

const byName = new WeakMap<DatasetSchema, ReadonlyMap<string, SchemaField>>();

function fieldsByName(schema: DatasetSchema): ReadonlyMap<string, SchemaField> {
  let fields = byName.get(schema);
  if (fields === undefined) {
    fields = new Map(schema.fields.map((field) => [field.name, field]));
    byName.set(schema, fields);
  }
  return fields;
}

/** Columns that masked fields are computed from, in the schema's order. */
export function storedFieldsOf(grants: readonly FieldGrant[], schema: DatasetSchema): readonly string[] {
  const read = new Set<string>();
  for (const { field, mask } of grants) {
    read.add(rootOf(field));
    for (const other of maskNamed(mask.name)?.reads?.(mask.params) ?? []) read.add(other);
  }
  return schema.fields.map((field) => field.name).filter((name) => read.has(name));
}

function withheldOf(
  schema: DatasetSchema,
  granted: ReadonlyMap<string, unknown>,
  dropped: ReadonlyMap<string, string | undefined>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    schema.fields
      .filter((field) => !granted.has(field.name))
      .map((field) => [
        field.name,
        dropped.get(field.name) === undefined ? 'not_granted' : 'withheld_by_restriction',
      ]),
  );
}

const usualRowsPerCall = 1000;
const usualSubjectsPerCall = 1000;

/**
 * A grant's limits after applying everything that narrows it. An omitted limit gets its default first, so that a generous limit from
 * elsewhere never loosens it.
 */
function tightestLimits(
  own: Limits | undefined,
  others: readonly (Limits | undefined)[],
  deliveries: readonly Delivery[] = [],
): Permission['limits'] {
  const least = (name: keyof Limits, start: number): number =>
    Math.min(start, ...others.flatMap((limits) => limits?.[name] ?? []));
  const counted = ['callsPerDay', 'rowsPerDay', 'bytesPerDay'] as const;
  const unlessLimited = [
    ...counted,
    ...(deliveries.includes('stream') ? (['streamsAtOnce'] as const) : []),
  ].flatMap((name) => {
    const value = least(name, own?.[name] ?? Infinity);
    return value === Infinity ? [] : [[name, value] as const];
  });
  const unlessGranted = (['maskTypeErrors', 'cacheSeconds'] as const).flatMap((name) => {
    const value = least(name, own?.[name] ?? 0);
    return value === 0 ? [] : [[name, value] as const];
  });
  return {
    rowsPerCall: least('rowsPerCall', own?.rowsPerCall ?? usualRowsPerCall),
    ...(deliveries.includes('batch')
      ? { subjectsPerCall: least('subjectsPerCall', own?.subjectsPerCall ?? usualSubjectsPerCall) }
      : {}),
    ...Object.fromEntries(unlessLimited),
    ...Object.fromEntries(unlessGranted),
  };
}
