import type { FieldGrant, MaskUse } from '../../../../policies/decision.ts';
import { readMaskRule, type ReadMaskRule } from '../../../../policies/masks/readMaskRule.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { usualMask } from '../../../../policies/masks/usualMask.ts';
import { maskCatalogue } from '../../../../policies/masks/catalogue.ts';
import type { SchemaField } from '../../../../schemas/datasetSchema.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import type { PseudonymKeys } from '../../../../policies/masks/mask.ts';
import { pseudonymKeys } from '../../../../policies/masks/pseudonyms/pseudonymKey.ts';
import { compileMasking } from '../../../../policies/masks/rows/compileMasking.ts';
import { sampleRecords } from '../../../../schemas/sample/sampleRecords.ts';
import type { SharingType } from '../../../domain/dataset.ts';
import { withoutTopic, type EventRule } from '../../../domain/eventRule.ts';
import { topicsByType } from '../../../registry/store/eventTypes.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { idleRule, type IntakeRules } from '../../../domain/intakeRules.ts';
import { referenceUnfit } from '../../../domain/reference.ts';
import { rulesUnfit } from '../../../domain/rulesUnfit.ts';
import { mayDecideFor } from '../../../flows/intake/namedDecider.ts';
import { disclosed, ownType, ruleFault } from '../../../registry/eventRuleFault.ts';
import type { DatasetMode } from '../../../registry/store/datasets.ts';
import type { Services } from '../../common/services.ts';
import { isObject } from '../../../../terms/isObject.ts';

/** Pseudonym keys that belong to no consumer. Pseudonyms of invented values under them match no pseudonym that was ever released. */
const nobodysKeys = (): PseudonymKeys => pseudonymKeys(new Uint8Array(32));

/**
 * An invented row of a dataset, shown to people before they request, grant or sign. Each call returns the same row, or an empty one if no
 * record fits the schema.
 */
export function inventedRow({ schema, compiled }: LiveDataset): Row {
  try {
    return sampleRecords(schema, compiled.surroundings, { seed: 1, count: 1 })[0] ?? {};
  } catch (error) {
    if (error instanceof RangeError) return {};
    throw error;
  }
}

/**
 * @param consumer the one that pseudonyms are made for
 * @param now Unix milliseconds
 * @throws Problem masked_row_invalid for a grant of a place that the schema does not have
 */
export function maskedBy(
  fields: readonly FieldGrant[],
  { schema, compiled }: LiveDataset,
  consumer: string,
  row: Row,
  now: number,
): Record<string, unknown> {
  const masking = compileMasking(fields, schema, nobodysKeys(), consumer, compiled.surroundings);
  return masking.mask(row, masking.begin(now));
}

/** A value as a page displays it. */
export const shown = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? '—' : JSON.stringify(value);

type Row = Readonly<Record<string, unknown>>;

type Read = Extract<ReadMaskRule, { readonly use: MaskUse }>;

/**
 * The masks that a person may choose from for a field. The one that its schema proposes, else the usual one, is first, followed by those of the catalogue
 * without required parameters. Each has its result for the invented value.
 * @param now Unix milliseconds
 */
function fittingMasks(dataset: LiveDataset, field: SchemaField, row: Row, now: number) {
  const proposed = proposedFor(field) ?? usualFor(field);
  const others = maskCatalogue.flatMap(({ name, types, formats }) => {
    const fits = types.includes(field.type) && (formats?.includes(field.format ?? '') ?? true);
    if (!fits || name === 'drop') return [];
    const read = readMaskRule({ mask: name, ...impliedParams(name, dataset) });
    return 'use' in read && !sameUse(read.use, proposed?.use) ? [read] : [];
  });
  return [...(proposed === undefined ? [] : [proposed]), ...others].flatMap(({ mask, use }) => {
    const value = valueUnder(use, dataset, field.name, row, now);
    if (value === undefined) return [];
    const rule = { mask: use.name, ...use.params };
    return [
      {
        rule,
        title: mask.title,
        reveals: mask.reveals(use.params),
        proposed: use === proposed?.use,
        ...(field.name in row ? { value } : {}),
      },
    ];
  });
}

/** The default pseudonym domain is the subject that the schema declares. A dataset without a subject has none. */
const impliedParams = (mask: string, { schema }: LiveDataset): Readonly<Record<string, unknown>> =>
  mask === 'pseudonym' && schema.subject !== undefined ? { domain: schema.subject.kind } : {};

function proposedFor({ schema }: SchemaField): Read | undefined {
  const { 'x-mask': proposal } = schema;
  if (!isObject(proposal) || typeof proposal['name'] !== 'string') return undefined;
  const { name, params } = proposal;
  const read = readMaskRule({ ...(isObject(params) ? params : {}), mask: name });
  return 'use' in read ? read : undefined;
}

/** The mask of a first agreement, where it hides a part of the value. */
function usualFor(field: SchemaField): Read | undefined {
  const rule = usualMask(field);
  if (rule === undefined || rule.mask === 'clear') return undefined;
  const read = readMaskRule(rule);
  return 'use' in read ? read : undefined;
}

const sameUse = (one: MaskUse, other: MaskUse | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Undefined if the mask does not fit this field. */
function valueUnder(
  use: MaskUse,
  dataset: LiveDataset,
  field: string,
  row: Row,
  now: number,
): string | undefined {
  try {
    return shown(maskedBy([{ field, mask: use, floors: [] }], dataset, '', row, now)[field] ?? null);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/**
 * POST /v1/datasets/{dataset}/mask-trials: what masks leave of an invented row, by the code that masks answers. Pseudonyms are made for no
 * consumer.
 * @throws Problem dataset_unknown, mask_unknown, masked_row_invalid
 */
export const tryMasks = operation('tryMasks', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { registry }) => {
    const id = call.params.dataset;
    const { fields: rules } = call.body;
    await registry.refresh();
    const dataset = registry.current.datasets.get(id);
    if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
    const row = inventedRow(dataset);
    const left = maskedBy(Object.entries(rules).map(grantOf), dataset, '', row, call.now);
    const { schema } = dataset;
    const body = {
      schema: `${schema.name}@${schema.major}`,
      ...(schema.subject === undefined ? {} : { subject: schema.subject.field }),
      fields: schema.fields.map((field) => ({
        name: field.name,
        title: field.title,
        type: field.type,
        personal: field.personal,
        sensitivity: field.sensitivity,
        ...(field.name in row ? { value: shown(row[field.name]) } : {}),
        masks: fittingMasks(dataset, field, row, call.now),
      })),
      row: Object.fromEntries(Object.entries(left).map(([name, value]) => [name, shown(value)])),
    };
    return allowed<'tryMasks'>(200, body, { facts: { dataset: id } });
  },
});

function grantOf([field, { mask, ...params }]: [string, { readonly mask: string }]): FieldGrant {
  const read = readMaskRule({ ...params, mask });
  if (!('mask' in read)) throw new Problem('mask_unknown', { name: mask }, { at: `/body/fields/${field}` });
  return { field, mask: read.use, floors: [] };
}

/* Checks of a dataset's intake rules. */

interface Checked {
  readonly id: string;
  readonly mode: DatasetMode;
  readonly schema: string;
  /** as registered, or as a document states it */
  readonly sharing: SharingType | { readonly type: SharingType };
}

/**
 * Checks the rules against the version that the dataset is bound to, and what it refers to, as the registry was last read.
 * @throws Problem intake_rule_idle, reference_unfit, cross_rule_unfit, periods_unfit, by_call_unfit, time_field_unfit, event_rule_unfit,
 *   unknown_reference (schema, field of deleteWhere)
 */
export function checkRules(
  { id, mode, schema, sharing }: Checked,
  intake: Partial<IntakeRules>,
  { registry }: Pick<Services, 'registry'>,
): void {
  const idle = idleRule(mode, intake);
  if (idle !== undefined) throw new Problem('intake_rule_idle', { rule: idle, mode });
  const { deleteWhere, references = [], byCall, timeField, eventRules = [] } = intake;
  const { schemas, datasets } = registry.current;
  const read = schemas.get(schema)?.schema;
  if (read === undefined) {
    const rule = rulesOfSchema.find((one) => [intake[one] ?? []].flat().length > 0);
    if (rule === undefined) return;
    throw new Problem('unknown_reference', { kind: 'Schema', name: schema }, { at: `/body/intake/${rule}` });
  }
  references.forEach((reference, nth) => {
    const known = datasets.get(reference.dataset);
    const other = known === undefined ? undefined : { schema: known.schema, mode: known.row.mode };
    const itself = { schema: read, mode };
    const reason = referenceUnfit(id, reference, read, reference.dataset === id ? itself : other);
    if (reason !== undefined)
      throw new Problem('reference_unfit', { reason }, { at: `/body/intake/references/${nth}` });
  });
  const [first] = rulesUnfit(intake, read);
  if (first !== undefined)
    throw new Problem(first.code, { reason: first.reason }, { at: `/body/intake/${first.at}` });
  eventRules.forEach((rule, nth) => {
    const type = ownType(registry.current, rule.type, providerOf(datasetId(id)));
    const reason =
      (timeField === undefined || byCall === undefined ? withoutSeries : undefined) ??
      (eventRules.findIndex(({ id: other }) => other === rule.id) < nth ? repeatedRule(rule) : undefined) ??
      ruleFault(
        rule,
        { schema: read, sharing: typeof sharing === 'string' ? sharing : sharing.type },
        type === undefined ? undefined : disclosed(type),
      );
    if (reason !== undefined)
      throw new Problem('event_rule_unfit', { reason }, { at: `/body/intake/eventRules/${nth}` });
  });
  if (deleteWhere !== undefined && !read.fields.some(({ name }) => name === deleteWhere.field))
    throw new Problem(
      'unknown_reference',
      { kind: 'field', name: deleteWhere.field },
      { at: '/body/intake/deleteWhere/field' },
    );
}

/** Rules that name fields of the schema. */
const rulesOfSchema = [
  'references',
  'crossRules',
  'periods',
  'byCall',
  'timeField',
  'eventRules',
  'deleteWhere',
] as const satisfies readonly (keyof IntakeRules)[];

const withoutSeries: Bilingual = {
  zh: '规则须与 byCall 和 timeField 一同登记',
  en: 'rules need byCall and timeField',
};
const repeatedRule = ({ id }: EventRule): Bilingual => ({
  zh: `规则 ${id} 出现两次`,
  en: `the rule ${id} is there twice`,
});

/** The event of a rule must be published to the topic of its type. @throws Problem event_rule_unfit */
export async function checkEventTypes(
  { eventRules = [] }: Partial<IntakeRules>,
  { database }: Pick<Services, 'database'>,
): Promise<void> {
  if (eventRules.length === 0) return;
  const topics = await topicsByType(
    database.app,
    eventRules.map(({ type }) => type),
  );
  eventRules.forEach((rule, nth) => {
    if (topics.has(rule.type)) return;
    const reason = withoutTopic(rule);
    throw new Problem('event_rule_unfit', { reason }, { at: `/body/intake/eventRules/${nth}` });
  });
}

/**
 * A person newly named to decide held batches must be allowed to do so.
 * @param currentRules the rules before; {} of a new dataset
 * @param now Unix milliseconds
 * @throws Problem decider_unfit
 */
export function checkDecider(
  department: string,
  { decides }: Partial<IntakeRules>,
  currentRules: Partial<IntakeRules>,
  { identity }: Pick<Services, 'identity'>,
  now: number,
): void {
  if (decides === undefined || decides === currentRules.decides) return;
  if (!mayDecideFor(department, decides, identity, now))
    throw new Problem('decider_unfit', { person: decides }, { at: '/body/intake/decides' });
}
