/** Input and output of `decide`. Pure data: no clock, no I/O. */
import type { UpperApproval } from './documents/agreement.ts';
import type { Bilingual } from '../terms/bilingual.ts';
import type { FactCondition, FactLimits, Limits } from './documents/agreement.ts';

export interface FilterTerm {
  readonly field: string;
  readonly op: 'eq' | 'in' | 'range' | 'within';
  /** eq: a scalar; in: up to 1,000 scalars; range: {gte|gt?, lte|lt?}; within: a Within of schemas/places */
  readonly value: unknown;
}

/** A question of a fact (核验). */
export interface FactQuestion {
  readonly id: string;
  /** full value of the schema's subject field */
  readonly subject: string;
  /** the requested day, where the fact leaves it to the caller */
  readonly on?: string;
  /** the value to compare with, where the fact leaves it to the caller */
  readonly value?: string | number | boolean;
}

export interface DecisionRequest {
  readonly consumer: string;
  readonly dataset: string;
  /** undefined where the signed header is missing */
  readonly agreement: string | undefined;
  readonly purpose: string | undefined;
  readonly onBehalfOf: string | undefined;
  readonly matter: string | undefined;
  /** undefined = all granted fields */
  readonly fields: readonly string[] | undefined;
  readonly filter: readonly FilterTerm[];
  /** field names, `-` first for descending */
  readonly sort: readonly string[];
  readonly limit: number | undefined;
  /** set for a batch query: full values of one lookupBy field */
  readonly batch?: { readonly by: string; readonly values: readonly unknown[] };
  /** set for a request of all rows in succession, instead of a page */
  readonly stream?: true;
  /** set for a request of all rows as a file */
  readonly export?: true;
  /** set for a request of changes since the last one */
  readonly changes?: true;
  /** set for a request of events by a subscription */
  readonly events?: true;
  /** set for a request of the latest row of each series only */
  readonly latest?: true;
  /** set where only rows up to a moment count: the name of the time field. As by a filter, the caller can learn its values */
  readonly asOf?: string;
  /** set for a request of the versions of one row */
  readonly history?: true;
  /** set for a question of a fact instead of rows */
  readonly fact?: FactQuestion;
  /** set for a request of statistics instead of rows: id of the aggregate */
  readonly aggregate?: string;
}

/** A condition on stored rows, ANDed with the caller's own filter and pushed into SQL. */
export interface RowCondition {
  readonly field: string;
  readonly op: 'eq' | 'in' | 'range' | 'within';
  /** within: a Region of schemas/places */
  readonly value: unknown;
}

export interface FieldGrant {
  readonly field: string;
  /** the effective mask: the meet of the grant's mask and every floor that applies */
  readonly mask: MaskUse;
  /** ids of the Restrictions that tightened it */
  readonly floors: readonly string[];
}

export interface MaskUse {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** of a pseudonym under an agreement of format 2: datasets or fields in which it is the same (`policies/plans/linkages.ts`) */
  readonly scope?: string;
}

export interface Reason {
  readonly check: string;
  readonly outcome: 'pass' | 'fail';
  readonly code?: string;
  /** `agr-2026-0042@3#/grants/0/fields/idcard` */
  readonly ref?: string;
}

interface DecisionCommon {
  readonly reasons: readonly Reason[];
  /** digest of the compiled set of documents */
  readonly policy: string;
}

export interface Denial extends DecisionCommon {
  readonly effect: 'deny';
  /** a problem code of terms/problems/policy.ts */
  readonly code: string;
  /** the field or header concerned; only names, never values */
  readonly at?: string;
  /** the limit that was exceeded */
  readonly most?: number;
}

export interface Permission extends DecisionCommon {
  readonly effect: 'allow';
  /** the plan this came from, for masks compiled once per plan */
  readonly plan: PlanRef;
  readonly fields: readonly FieldGrant[];
  /** not released although the schema has them (request named no fields): field → code */
  readonly withheld: Readonly<Record<string, string>>;
  readonly rowFilter: readonly RowCondition[];
  /** `subjectsPerCall` is set where the grant allows batch queries, `streamsAtOnce` where it allows streams */
  readonly limits: Limits & { readonly rowsPerCall: number };
  /** columns the row fetch needs for these fields, in the schema's order */
  readonly storedFields: readonly string[];
  /** set when the caller names one subject by a full value it already holds (lookupBy) */
  readonly lookup?: { readonly field: string; readonly value: string | number };
  /** set for a question of a fact: only its answer is released */
  readonly fact?: PermittedFact;
  /** set for a request of statistics: only groups are released */
  readonly aggregate?: PermittedAggregate;
  /** rows of subjects without a valid consent are withheld */
  readonly consent?: ConsentDemand;
  readonly basis: { readonly type: string; readonly reference?: string; readonly clause?: string };
  /** the matter that the case number of the request belongs to, where the agreement names matters */
  readonly matter?: { readonly code: string; readonly title: Bilingual };
  /** 替代材料: the papers of that matter that this exchange makes unnecessary */
  readonly materials: readonly Bilingual[];
  readonly obligations: readonly { readonly id: string; readonly period?: string }[];
  /** given on an upper platform */
  readonly approval?: UpperApproval;
}

/** Source of all statistics of one consumer on one dataset (policies/aggregates/cube.ts). */
export interface Cube {
  readonly dataset: string;
  /** whose questions are answered from it: those of a department and of all parties entrusted by it */
  readonly consumer: string;
  /** in the schema's order */
  readonly dimensions: readonly string[];
  readonly sums: readonly string[];
  readonly minGroup: number;
  readonly rowFilter: readonly RowCondition[];
}

/** An aggregate, and the cube that it is read from. */
export interface PermittedAggregate {
  readonly id: string;
  readonly by: readonly string[];
  readonly sum: readonly string[];
  readonly cube: Cube;
}

/** A fact under the limits of one call. */
export interface PermittedFact {
  readonly id: string;
  readonly title: Bilingual;
  readonly all: readonly FactCondition[];
  /** the tightest of the fact's own limits and those that narrow the grant */
  readonly limits: FactLimits;
  readonly asked: Pick<FactQuestion, 'on' | 'value'>;
}

/** The consent that a subject must have given before its row is released. */
export interface ConsentDemand {
  /** full years under which a guardian's consent is needed */
  readonly guardianUnder?: number;
  /** fields of the row that contain the person's birth date and guardian; read for this check alone */
  readonly birth?: string;
  readonly guardian?: string;
  /** departments whose consents count: the provider, and those that the agreement names */
  readonly collectors: readonly string[];
}

export interface PlanRef {
  readonly agreement: string;
  readonly version: number;
  readonly consumer: string;
  /** set for an entrusted party: the department it acts for, which pseudonyms are made for */
  readonly principal?: string;
  readonly provider: string;
  readonly purpose: string;
  readonly dataset: string;
  /** urn-less short schema name: `household@1` */
  readonly schema: string;
}

export type Decision = Permission | Denial;
