import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import type { FieldGrant, Permission, PlanRef, Reason } from '../decision.ts';
import type { Agreement, Grant } from '../documents/agreement.ts';

/** One line of the table that `decide` reads: everything that can be known before a request is. Frozen; shared by all requests. */
export interface Plan {
  readonly ref: PlanRef;
  readonly agreement: Agreement;
  readonly grant: Grant;
  /** place of the grant in the agreement */
  readonly grantIndex: number;
  readonly schema: DatasetSchema;
  /** what a request without fields, filter and sort gets */
  readonly whole: Permission;
  /** top-level field → its grants (several where paths reach inside it); masks other than drop */
  readonly granted: ReadonlyMap<string, readonly FieldGrant[]>;
  /** granted, but a floor drops it: field → the floor's id */
  readonly dropped: ReadonlyMap<string, string>;
  readonly fieldsOfSchema: ReadonlyMap<string, SchemaField>;
  /** fields the caller may filter and sort by: listed in filterBy and clear after every floor */
  readonly filterable: ReadonlySet<string>;
  readonly lookups: ReadonlySet<string>;
  readonly needs: { readonly onBehalfOf: boolean; readonly matter: boolean; readonly lookup: boolean };
  /** one passed step per check, in the order of `checks` */
  readonly passes: readonly Reason[];
}

/** The order in which a request is checked. The first failing check is the denial's. */
export const checks = [
  'dataset',
  'agreement',
  'validity',
  'coverage',
  'purpose',
  'on-behalf-of',
  'matter',
  'fields',
  'filter',
  'lookup',
  'sort',
  'limit',
] as const;
export type Check = (typeof checks)[number];
