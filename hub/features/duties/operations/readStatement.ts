import { shapeOf } from '../../../../schemas/compiledOnce.ts';
import { statedBy, type Stated } from '../../../domain/duty.ts';

/** What a consumer signs: payload of a JWS of type `datong-statement+jws`. */
export interface Statement {
  readonly v: 1;
  readonly department: string;
  readonly states: Stated;
  /** ids of the duties it answers, each once */
  readonly duties: readonly string[];
  /** of `use-reported`: what the data were used for, without names or numbers of persons */
  readonly report?: string;
}

/** Closed, so that a member nobody knows is never signed for. A report of use says what it reports. */
export const statementSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['v', 'department', 'states', 'duties'],
  properties: {
    v: { const: 1 },
    department: { type: 'string', maxLength: 60 },
    states: { enum: [...new Set(Object.values(statedBy))] },
    duties: {
      type: 'array',
      minItems: 1,
      maxItems: 1_000,
      uniqueItems: true,
      items: { type: 'string', pattern: '^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$' },
    },
    report: { type: 'string', minLength: 1, maxLength: 2_000 },
  },
  if: { properties: { states: { const: 'use-reported' } } },
  then: { required: ['report'] },
};

/** Undefined for anything else. */
export function readStatement(payload: Uint8Array): Statement | undefined {
  const isStatement = shapeOf<Statement>(statementSchema, { strictRequired: false });
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return isStatement(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
