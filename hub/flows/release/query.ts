import type { FilterTerm } from '../../../policies/decision.ts';

/** `Query` of openapi.yaml; it has been validated. */
export interface Query {
  readonly fields?: readonly string[];
  readonly filter?: readonly FilterTerm[];
  readonly sort?: readonly string[];
  readonly limit?: number;
  readonly cursor?: string;
}
