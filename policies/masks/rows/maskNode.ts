import type { JsonSchema } from '../../../schemas/datasetSchema.ts';
import { isObject, valueTypes } from './fieldPath.ts';
import type { MaskFunction } from '../mask.ts';

/** One member of a masked object, compiled: how its value is made, and what schema it has then. */
export interface MaskNode {
  /** key of the member in its object; '' for the element of an array */
  readonly name: string;
  readonly run: MaskFunction;
  /** for fields of text, what `run` does with a text that is not empty; null where the text goes out as it is */
  readonly text: MaskFunction | null | undefined;
  /** schema of what `run` gives, null aside */
  readonly output: JsonSchema;
  /** whether null may come out by design, from a null that went in */
  readonly nullable: boolean;
  /** whether the member may be absent: it was optional, or its mask drops it */
  readonly optional: boolean;
  /** top-level fields read beside the own one */
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

/** The schema of a member that is not there. */
export const isNever = (schema: JsonSchema): boolean => isObject(schema['not']);

/** The schema of what a node gives, null allowed where its place allows it. */
export function valueSchema(node: MaskNode, lenient: boolean): JsonSchema {
  const types = valueTypes(node.output);
  if ((!node.nullable && !lenient) || types.includes('null')) return node.output;
  const widened: JsonSchema = { ...node.output, type: [...types, 'null'] };
  const codes: unknown = node.output['enum'];
  return Array.isArray(codes) ? { ...widened, enum: [...(codes as unknown[]), null] } : widened;
}
