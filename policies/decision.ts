/** What `decide` is asked and what it answers. Pure data: no clock, no I/O. */
import type { Bilingual } from '../terms/bilingual.ts';

export interface FilterTerm {
  readonly field: string;
  readonly op: 'eq' | 'in' | 'range';
  /** eq: a scalar; in: up to 1,000 scalars; range: {gte|gt?, lte|lt?} */
  readonly value: unknown;
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
}

/** A condition on stored rows, ANDed with the caller's own filter and pushed into SQL. */
export interface RowCondition {
  readonly field: string;
  readonly op: 'eq' | 'in' | 'range';
  readonly value: unknown;
}

export interface FieldGrant {
  readonly field: string;
  /** the effective mask: the meet of the grant's mask and every floor that bites */
  readonly mask: MaskUse;
  /** ids of the Restrictions that tightened it */
  readonly floors: readonly string[];
}

export interface MaskUse {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
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
}

export interface Permission extends DecisionCommon {
  readonly effect: 'allow';
  /** the plan this came from, for masks compiled once per plan */
  readonly plan: PlanRef;
  readonly fields: readonly FieldGrant[];
  /** not released although the schema has them (request named no fields): field → code */
  readonly withheld: Readonly<Record<string, string>>;
  readonly rowFilter: readonly RowCondition[];
  readonly limits: {
    readonly rowsPerCall: number;
    readonly callsPerDay?: number;
    readonly minGroup?: number;
    readonly maskTypeErrors?: number;
  };
  /** columns the row fetch needs for these fields, in the schema's order */
  readonly storedFields: readonly string[];
  /** set when the caller names one subject by a full value it already holds (lookupBy) */
  readonly lookup?: { readonly field: string; readonly value: string | number };
  /** rows of subjects without a valid consent are withheld */
  readonly consent?: ConsentDemand;
  readonly basis: { readonly type: string; readonly reference?: string; readonly clause?: string };
  /** 替代材料: what an exchange of this kind makes unnecessary */
  readonly materials: readonly Bilingual[];
  readonly obligations: readonly { readonly id: string; readonly period?: string }[];
}

/** What a subject must have consented to before its row leaves. */
export interface ConsentDemand {
  /** full years under which a guardian's consent is needed */
  readonly guardianUnder?: number;
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
