import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { valueTypes } from './fieldPath.ts';
import type { MaskFunction } from '../mask.ts';
import { isObject } from '../../../terms/isObject.ts';

/** One compiled member of a masked object: how its value is computed, and the schema of the result. */
export interface MaskNode {
  /** key of the member in its object; '' for the element of an array */
  readonly name: string;
  readonly run: MaskFunction;
  /** for text fields, the function that `run` applies to a non-empty text; null where the text is output unchanged */
  readonly text: MaskFunction | null | undefined;
  /** schema of the result of `run`, without null */
  readonly output: JsonSchema;
  /** whether null may result by design, from a null input */
  readonly nullable: boolean;
  /** whether the member may be absent: it was optional, or its mask drops it */
  readonly optional: boolean;
  /** top-level fields read in addition to the field itself */
  readonly reads: readonly string[];
}

/** Closed object of the members. @param lenient null is allowed everywhere (wrong types are tolerated) */
export function objectSchema(members: readonly MaskNode[], lenient: boolean): JsonSchema {
  const present = members.filter((member) => !isNever(member.output));
  return {
    type: 'object',
    additionalProperties: false,
    required: present.filter((member) => !member.optional).map((member) => member.name),
    properties: Object.fromEntries(present.map((member) => [member.name, valueSchema(member, lenient)])),
  };
}

/** The schema of an absent member. */
export const isNever = (schema: JsonSchema): boolean => isObject(schema['not']);

/** The schema of a node's result, with null where its place allows it. */
export function valueSchema(node: MaskNode, lenient: boolean): JsonSchema {
  const types = valueTypes(node.output);
  if ((!node.nullable && !lenient) || types.includes('null')) return node.output;
  const widened: JsonSchema = { ...node.output, type: [...types, 'null'] };
  const codes: unknown = node.output['enum'];
  return Array.isArray(codes) ? { ...widened, enum: [...(codes as unknown[]), null] } : widened;
}
