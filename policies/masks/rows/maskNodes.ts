/** The grants of a plan as a tree of compiled masks: leaves mask a value, inner nodes descend into objects and arrays. */
import type { DatasetSchema, FieldType, JsonSchema } from '../../../schemas/datasetSchema.ts';
import { defined } from '../../../terms/defined.ts';
import { isPlaceSchema } from '../../../schemas/places/point.ts';
import { Problem } from '../../../terms/problem.ts';
import type { FieldGrant, MaskUse } from '../../decision.ts';
import { maskNamed } from '../catalogue.ts';
import { itemsOf, parsePath, propertyOf, valueTypes } from './fieldPath.ts';
import type { MaskEnvironment, MaskFunction, MaskKind } from '../mask.ts';
import { isNever, objectSchema, valueSchema, type MaskNode } from './maskNode.ts';
import { isObject } from '../../../terms/isObject.ts';

export type { MaskNode } from './maskNode.ts';

/** The grants below one place: a mask at the place itself, or places below it. */
interface Branch {
  mask?: { readonly use: MaskUse; readonly path: string };
  readonly members: Map<string, Branch>;
  element?: Branch;
}

type Environment = Omit<MaskEnvironment, 'path'>;

/** Top-level nodes in the schema's order. @throws Problem masked_row_invalid for a path that the schema does not have */
export function compileNodes(
  grants: readonly FieldGrant[],
  schema: DatasetSchema,
  environment: Environment,
): readonly MaskNode[] {
  const root = branchesOf(grants);
  const nodes: MaskNode[] = [];
  for (const field of schema.fields) {
    const branch = root.members.get(field.name);
    if (branch === undefined) continue;
    const place = propertyOf({ properties: { [field.name]: field.schema } }, field.name, schema);
    nodes.push(compileBranch(field.name, branch, place, field.required, schema, environment));
  }
  if (nodes.length !== root.members.size) throw new Problem('masked_row_invalid');
  return nodes;
}

function branchesOf(grants: readonly FieldGrant[]): Branch {
  const root: Branch = { members: new Map() };
  for (const grant of grants) {
    let at = root;
    for (const step of parsePath(grant.field)) {
      const next = at.members.get(step.name) ?? { members: new Map() };
      at.members.set(step.name, next);
      at = next;
      if (step.each) at = at.element ??= { members: new Map() };
    }
    at.mask = { use: grant.mask, path: grant.field };
  }
  return root;
}

function compileBranch(
  name: string,
  branch: Branch,
  place: JsonSchema | undefined,
  required: boolean,
  schema: DatasetSchema,
  environment: Environment,
): MaskNode {
  if (place === undefined) throw new Problem('masked_row_invalid');
  const nullable = valueTypes(place).includes('null');
  if (branch.mask !== undefined) return leaf(name, branch.mask, place, required, nullable, environment);
  if (branch.element !== undefined) {
    const element = compileBranch('', branch.element, itemsOf(place, schema), true, schema, environment);
    return arrayNode(name, element, place, required, nullable);
  }
  const mandatory: unknown = place['required'];
  const members = [...branch.members].map(([member, below]) =>
    compileBranch(
      member,
      below,
      propertyOf(place, member, schema),
      Array.isArray(mandatory) && mandatory.includes(member),
      schema,
      environment,
    ),
  );
  return objectNode(name, members, required, nullable);
}

function leaf(
  name: string,
  { use, path }: { readonly use: MaskUse; readonly path: string },
  place: JsonSchema,
  required: boolean,
  nullable: boolean,
  environment: Environment,
): MaskNode {
  const mask = maskNamed(use.name);
  if (mask === undefined) throw new Problem('mask_unknown', { name: use.name });
  const params = use.params;
  const compiled = mask.compile(params, { ...environment, path, ...defined({ scope: use.scope }) });
  return {
    name,
    run: mask.whole === true ? compiled : guarded(compiled, mask, place),
    text:
      mask.whole === true || typeOf(place) !== 'string' ? undefined : mask.name === 'clear' ? null : compiled,
    output: titled(mask.output(place, params), place),
    nullable: nullable && mask.name !== 'presence',
    optional: mask.name === 'drop' || (!required && mask.name !== 'nullify' && mask.name !== 'presence'),
    reads: mask.reads?.(params) ?? [],
  };
}

/** Copies the field's name in both languages to the schema of its masked value. */
function titled(output: JsonSchema, place: JsonSchema): JsonSchema {
  const title: unknown = place['x-title'];
  return title === undefined || isNever(output) ? output : { 'x-title': title, ...output };
}

function typeOf(place: JsonSchema): FieldType {
  return valueTypes(place).find((one) => one !== 'null') ?? 'string';
}

/** Absent stays absent, null stays null, '' stays ''; a value that does not have the schema's type becomes null and is counted. */
function guarded(mask: MaskFunction, kind: MaskKind, place: JsonSchema): MaskFunction {
  const type = typeOf(place);
  if (type === 'string') {
    return (value, row, run) => {
      if (typeof value === 'string') return value === '' ? '' : mask(value, row, run);
      return missing(value, run);
    };
  }
  const fits = fitting[type];
  const taken = kind.types.includes(type) || (kind.places === true && isPlaceSchema(place));
  if (!taken) throw new Problem('mask_unknown', { name: kind.name });
  return (value, row, run) => (fits(value) ? mask(value, row, run) : missing(value, run));
}

const fitting: Readonly<Record<FieldType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isInteger(value),
  number: (value) => Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  object: isObject,
  array: Array.isArray,
};

function missing(value: unknown, run: { typeErrors: number }): null | undefined {
  if (value === undefined) return undefined;
  if (value !== null) run.typeErrors += 1;
  return null;
}

function objectNode(
  name: string,
  members: readonly MaskNode[],
  required: boolean,
  nullable: boolean,
): MaskNode {
  return {
    name,
    text: undefined,
    nullable,
    optional: !required,
    reads: members.flatMap((member) => member.reads),
    output: objectSchema(members, false),
    run: (value, row, run) => {
      if (!isObject(value)) return missing(value, run);
      const masked: Record<string, unknown> = {};
      for (const member of members) {
        const below = member.run(
          Object.hasOwn(value, member.name) ? value[member.name] : undefined,
          row,
          run,
        );
        if (below !== undefined) masked[member.name] = below;
      }
      return masked;
    },
  };
}

function arrayNode(
  name: string,
  element: MaskNode,
  place: JsonSchema,
  required: boolean,
  nullable: boolean,
): MaskNode {
  return {
    name,
    text: undefined,
    nullable,
    optional: !required,
    reads: element.reads,
    output: { type: 'array', items: valueSchema(element, false), maxItems: place['maxItems'] ?? 10_000 },
    run: (value, row, run) => {
      if (!Array.isArray(value)) return missing(value, run);
      return value.map((item) => element.run(item, row, run) ?? null);
    },
  };
}
