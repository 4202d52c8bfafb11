import type { ProblemCode } from '../../terms/problemCatalogue.ts';
import type { DatasetSchema, SchemaField } from '../../schemas/datasetSchema.ts';
import type { FieldGrant, Permission, PlanRef, Reason } from '../decision.ts';
import type { Aggregate, Agreement, Grant } from '../documents/agreement.ts';
import type { PlanFact } from './facts.ts';
import type { PlanMatter } from './matters.ts';

/** One line of the table that `decide` reads: everything that is known before a request arrives. Frozen; shared by all requests. */
export interface Plan {
  readonly ref: PlanRef;
  readonly agreement: Agreement;
  readonly grant: Grant;
  /** place of the grant in the agreement */
  readonly grantIndex: number;
  readonly schema: DatasetSchema;
  /** permission of a request without fields, filter and sort */
  readonly whole: Permission;
  /** top-level field → its grants (several where paths reach inside it); masks other than drop */
  readonly granted: ReadonlyMap<string, readonly FieldGrant[]>;
  /** named by the grant and dropped: field → id of the restriction that drops it; undefined where the agreement itself does */
  readonly dropped: ReadonlyMap<string, string | undefined>;
  readonly fieldsOfSchema: ReadonlyMap<string, SchemaField>;
  /** fields the caller may filter and sort by: listed in filterBy and clear after every floor */
  readonly filterable: ReadonlySet<string>;
  readonly lookups: ReadonlySet<string>;
  /** permitted questions about one subject, by id; without those that a floor closes */
  readonly facts: ReadonlyMap<string, PlanFact>;
  /** permitted statistics, by id; without those that a floor restricts */
  readonly aggregates: ReadonlyMap<string, Aggregate>;
  /** empty where the agreement names no matters */
  readonly matters: readonly PlanMatter[];
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

/** Every code a denial can have; each is a problem of terms/problems/policy.ts and occurs in the built-in cases. */
export const denialCodes = [
  'dataset_unknown',
  'no_agreement',
  'agreement_missing',
  'agreement_unknown',
  'agreement_suspended',
  'agreement_not_in_force',
  'dataset_not_agreed',
  'purpose_missing',
  'purpose_unknown',
  'purpose_not_agreed',
  'policy_unverified',
  'on_behalf_of_missing',
  'matter_missing',
  'matter_not_agreed',
  'fields_empty',
  'unknown_field',
  'field_not_granted',
  'rows_not_granted',
  'delivery_not_agreed',
  'fact_not_agreed',
  'fact_question_invalid',
  'aggregate_not_agreed',
  'filter_on_masked_field',
  'filter_not_granted',
  'filter_value_invalid',
  'lookup_missing',
  'lookup_ambiguous',
  'sort_not_granted',
  'limit_invalid',
  'limit_too_high',
] as const satisfies readonly ProblemCode[];
export type DenialCode = (typeof denialCodes)[number];
