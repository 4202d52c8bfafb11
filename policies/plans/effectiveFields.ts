/** Effective mask of each granted field: the meet of the grant's own mask and every floor that applies to it. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { PolicyContext } from '../context.ts';
import { purposeAncestors } from '../meetsCondition.ts';
import type { FieldGrant, MaskUse } from '../decision.ts';
import type { Agreement, Grant, Limits, MaskRule, Requirement } from '../documents/agreement.ts';
import type { Restriction } from '../documents/documentChecks.ts';
import { documentName } from '../documents/storedDocument.ts';
import { pointer } from '../finding.ts';
import { parsePath, placeOf, rootOf } from '../masks/rows/fieldPath.ts';
import type { MaskDomain, MaskKind } from '../masks/mask.ts';
import { meetOfAll, sameUse } from '../masks/meet.ts';
import { readMaskRule, type ReadMaskRule } from '../masks/readMaskRule.ts';
import type { PseudonymScopes } from './linkages.ts';
import type { Report } from './report.ts';
import { fieldsOfAggregates, reportedFields } from './aggregates.ts';
import { fieldsOfFacts } from './facts.ts';
import { bites, tagsOf } from './scope.ts';
import { insideOf, usedUnseen } from './usedFields.ts';

export interface FieldsInput {
  readonly agreement: Agreement;
  readonly scopes: PseudonymScopes;
  readonly grant: Grant;
  readonly schema: DatasetSchema;
  readonly path: string;
  readonly purpose: string;
  readonly restrictions: readonly Restriction[];
  readonly context: PolicyContext;
  readonly report: Report;
}

export interface EffectiveFields {
  readonly grants: readonly FieldGrant[];
  readonly limits: readonly Limits[];
  readonly requires: readonly Requirement[];
  /** fields used by facts that a floor hides completely → that restriction's id */
  readonly closed: ReadonlyMap<string, string>;
  /** fields that aggregates use and a floor restricts */
  readonly floored: ReadonlySet<string>;
}

/** Rules of parsed documents never change; each is requested once per purpose and party. */
const known = new WeakMap<MaskRule, ReadMaskRule>();

function readOnce(rule: MaskRule): ReadMaskRule {
  let read = known.get(rule);
  if (read === undefined) {
    read = readMaskRule(rule);
    known.set(rule, read);
  }
  return read;
}

export function effectiveFields(input: FieldsInput): EffectiveFields {
  const { grant, schema, path, report } = input;
  const biting = new Set<Restriction>();
  const closedBy = new Map<string, string>();
  const grants: FieldGrant[] = [];
  const line = purposeAncestors(input.context.purposes, input.purpose);
  overlaps(Object.keys(grant.fields), path, report);
  for (const [field, rule] of Object.entries(grant.fields)) {
    const at = (): string => path + pointer('fields', field);
    const read = readOnce(rule);
    if (!('mask' in read)) {
      report.error(read.code, at() + read.at, read.message.zh, read.message.en);
      continue;
    }
    const domain = domainOf(read.mask, read.use, field, schema, at, report);
    if (domain === undefined) continue;
    const here = bitingAt(field, input, line);
    for (const one of here) biting.add(one);
    for (const one of bitingInside(field, input, line)) {
      biting.add(one);
      if (one.floor !== undefined && !here.includes(one)) floorInside(one, read.mask, at, report);
    }
    const effective = withFloors(read.use, here, domain, at, report);
    if (effective !== undefined)
      grants.push({ field, mask: scoped(effective.mask, field, input), floors: effective.floors });
  }
  const inFacts = new Set(fieldsOfFacts(grant));
  const inAggregates = new Set(fieldsOfAggregates(grant));
  const floored = new Set<string>();
  for (const { name, restriction, floor } of bitingUnseen(input, grants, line)) {
    biting.add(restriction);
    if (inFacts.has(name) && closed.has(floor)) closedBy.set(name, restriction.id);
    if (inAggregates.has(name) && floor !== 'clear') floored.add(name);
  }
  const all = [...biting];
  return {
    grants: inSchemaOrder(grants, schema),
    limits: all.flatMap((one) => one.limits ?? []),
    requires: all.flatMap((one) => one.requires ?? []),
    closed: closedBy,
    floored,
  };
}

/** A pseudonym with the scope that the agreements in force give it. */
function scoped(mask: MaskUse, field: string, { agreement, grant, scopes }: FieldsInput): MaskUse {
  if (mask.name !== 'pseudonym') return mask;
  const scope = scopes(agreement, grant.dataset, field);
  return scope === undefined ? mask : { ...mask, scope };
}

/** Restrictions that apply to one place of the schema. */
function bitingAt(
  path: string,
  { schema, grant, restrictions }: FieldsInput,
  line: readonly string[],
): readonly Restriction[] {
  const tags = tagsOf(schema, path);
  return tags === undefined ? [] : restrictions.filter((one) => bites(one, tags, grant.dataset, line));
}

interface UnseenRestriction {
  readonly name: string;
  readonly restriction: Restriction;
  /** name of its mask */
  readonly floor: string;
}

/** Restrictions on fields that are used and not released. */
function bitingUnseen(
  input: FieldsInput,
  grants: readonly FieldGrant[],
  line: readonly string[],
): readonly UnseenRestriction[] {
  const names = new Set([...usedUnseen(input.grant, grants), ...reportedFields(input.grant)]);
  return [...names].flatMap((name) =>
    bitingAt(name, input, line).map((restriction) => ({
      name,
      restriction,
      floor: restriction.floor?.mask ?? 'clear',
    })),
  );
}

/** Restrictions on a part of an object or array to which one rule applies as a whole. */
function bitingInside(field: string, input: FieldsInput, line: readonly string[]): readonly Restriction[] {
  const inside = insideOf(input.schema, field);
  if (inside.length === 0) return [];
  const biting = new Set(inside.flatMap((path) => bitingAt(path, input, line)));
  return input.restrictions.filter((one) => biting.has(one));
}

/** Masks that show no nested value, regardless of a floor on it. */
const closed = new Set(['presence', 'fixed', 'nullify', 'drop']);

function floorInside(restriction: Restriction, mask: MaskKind, at: () => string, report: Report): void {
  if (closed.has(mask.name)) return;
  report.error(
    'floor_inside',
    at(),
    `${documentName(restriction)} 限制其内部的数据项，请逐项授予，或用 nullify`,
    `${documentName(restriction)} restricts a field inside it: grant its parts one by one, or nullify`,
  );
}

/** The domain of the field's values; a finding where the field is unknown or the mask does not accept its type. */
function domainOf(
  mask: MaskKind,
  use: MaskUse,
  field: string,
  schema: DatasetSchema,
  at: () => string,
  report: Report,
): MaskDomain | undefined {
  const place = placeOf(schema, field);
  if (place === undefined) {
    report.error('unknown_field', at(), '数据集标准没有这个数据项', 'the schema has no such field');
    return undefined;
  }
  for (const name of mask.reads?.(use.params) ?? []) {
    if (!schema.fields.some((one) => one.name === name && one.type === 'string')) {
      report.error(
        'unknown_field',
        at(),
        '脱敏参数引用了不存在的数据项',
        'a parameter names a field that the schema lacks',
      );
      return undefined;
    }
  }
  if (applies(mask, place.domain)) return place.domain;
  report.error(
    'mask_type',
    `${at()}/mask`,
    `脱敏算法 ${mask.name} 不适用于该数据项的类型（${place.domain.type}）`,
    `mask ${mask.name} cannot apply to ${place.domain.type}${place.domain.format === undefined ? '' : ` (${place.domain.format})`}`,
  );
  return undefined;
}

/** A mask of texts would make the id of an attachment useless, and not change what a download of it returns. */
const fitsAttachments = ({ name, formats = [] }: MaskKind): boolean =>
  name === 'clear' || closed.has(name) || formats.includes('attachment');

function applies(mask: MaskKind, domain: MaskDomain): boolean {
  if (domain.isPlace === true) return mask.places === true || closed.has(mask.name);
  return (
    mask.types.includes(domain.type) &&
    (domain.format !== 'attachment' || fitsAttachments(mask)) &&
    (mask.formats === undefined ||
      domain.type !== 'string' ||
      (domain.format !== undefined && mask.formats.includes(domain.format)))
  );
}

const noFloors: readonly string[] = Object.freeze([]);

function withFloors(
  own: MaskUse,
  restrictions: readonly Restriction[],
  domain: MaskDomain,
  at: () => string,
  report: Report,
): { readonly mask: MaskUse; readonly floors: readonly string[] } | undefined {
  if (restrictions.length === 0) return { mask: own, floors: noFloors };
  const floors = restrictions.flatMap((restriction) => {
    const read = restriction.floor === undefined ? undefined : readOnce(restriction.floor);
    return read !== undefined && 'mask' in read ? [{ restriction, ...read }] : [];
  });
  const misfit = floors.find((floor) => !applies(floor.mask, domain));
  if (misfit !== undefined) {
    report.error(
      'floor_type',
      at(),
      `${documentName(misfit.restriction)} 的最低要求 ${misfit.mask.name} 不适用于该数据项的类型`,
      `the floor ${misfit.mask.name} of ${documentName(misfit.restriction)} cannot apply to this field`,
    );
    return undefined;
  }
  const met = meetOfAll([own, ...floors.map((floor) => floor.use)], domain);
  if ('conflict' in met) {
    const names = met.conflict.map((i) => describe(i, own, floors));
    report.error(
      'no_meet',
      at(),
      `${names.join(' 与 ')} 无法比较，请改用其中之一或 nullify`,
      `${names.join(' and ')} cannot be compared: choose one of them, or nullify`,
    );
    return undefined;
  }
  const tightening = floors.filter((floor) => {
    const alone = floors.length === 1 ? met : meetOfAll([own, floor.use], domain);
    return 'conflict' in alone || !sameUse(alone.use, own);
  });
  return { mask: met.use, floors: tightening.map((floor) => floor.restriction.id) };
}

/** Describes a mask by its origin, such as «keep of res-id-number@1», or the grant's own mask. */
function describe(
  index: number,
  own: MaskUse,
  floors: readonly { readonly restriction: Restriction; readonly use: MaskUse }[],
): string {
  const floor = floors[index - 1];
  return floor === undefined ? own.name : `${floor.use.name} (${documentName(floor.restriction)})`;
}

/** One rule per place: a rule on a whole and another on its part would answer the same value twice. */
function overlaps(paths: readonly string[], at: string, report: Report): void {
  if (!paths.some((path) => path.includes('.') || path.includes('['))) return; // plain names cannot overlap
  const keys = paths.map((path) =>
    parsePath(path).flatMap((step) => (step.each ? [step.name, '[]'] : [step.name])),
  );
  for (const [i, key] of keys.entries()) {
    const whole = keys.findIndex((other, j) => i !== j && other.length <= key.length && clash(other, key));
    if (whole >= 0) {
      report.error(
        'overlapping_paths',
        at + pointer('fields', paths[i] ?? ''),
        `与“${paths[whole] ?? ''}”重叠`,
        `overlaps with "${paths[whole] ?? ''}"`,
      );
    }
  }
}

/** A prefix, or the same place once as an array and once as an object. */
function clash(short: readonly string[], long: readonly string[]): boolean {
  const shared = short.findIndex((step, i) => step !== long[i]);
  if (shared < 0) return true;
  return (short[shared] === '[]') !== (long[shared] === '[]');
}

function inSchemaOrder(grants: FieldGrant[], schema: DatasetSchema): readonly FieldGrant[] {
  const order = orderOf(schema);
  const ranked = grants.map((grant) => ({ grant, rank: order.get(rootOf(grant.field)) ?? 0 }));
  if (ranked.every(({ rank }, i) => i === 0 || (ranked[i - 1]?.rank ?? 0) <= rank)) return grants;
  return ranked.sort((a, b) => a.rank - b.rank).map(({ grant }) => grant);
}

const orders = new WeakMap<DatasetSchema, ReadonlyMap<string, number>>();

function orderOf(schema: DatasetSchema): ReadonlyMap<string, number> {
  let order = orders.get(schema);
  if (order === undefined) {
    order = new Map(schema.fields.map((field, i) => [field.name, i]));
    orders.set(schema, order);
  }
  return order;
}
