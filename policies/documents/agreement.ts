/** 共享授权单: who gets which fields of which dataset, for what, how masked, on what basis, until when. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { StoredDocument } from './storedText.ts';

export interface Agreement extends StoredDocument {
  readonly kind: 'Agreement';
  readonly title?: Bilingual;
  readonly provider: string;
  /** one department, or one with everything below it in the tree of departments */
  readonly consumer: string | { readonly department: string; readonly subtree: true };
  /** codes of the tree of purposes */
  readonly purposes: readonly string[];
  readonly basis: Basis;
  /** half-open: from ≤ now < until; RFC 3339 times with an offset */
  readonly valid: { readonly from: string; readonly until: string };
  /** true for agreements that the hub made itself on an unconditionally shared dataset */
  readonly automatic?: boolean;
  /** 办理事项 this agreement serves, with the materials (替代材料) an exchange makes unnecessary */
  readonly matters?: readonly Matter[];
  /** 受托单位 that act for the consumer, within narrower limits */
  readonly entrusted?: readonly Entrusted[];
  readonly grants: readonly Grant[];
}

export type BasisType = 'consent' | 'statutory' | 'contract' | 'emergency' | 'public-disclosed';

export interface Basis {
  readonly type: BasisType;
  /** the law, regulation or contract; required for `statutory` and `contract` */
  readonly reference?: string;
  readonly clause?: string;
}

export interface Matter {
  readonly code: string;
  readonly title: Bilingual;
  readonly materials: readonly Bilingual[];
}

export interface Entrusted {
  readonly department: string;
  readonly limits?: Limits;
  /** a subset of the granted fields; absent = all of them */
  readonly fields?: readonly string[];
}

export interface Limits {
  readonly rowsPerCall?: number;
  readonly callsPerDay?: number;
  /** smallest group that a predeclared aggregate may show */
  readonly minGroup?: number;
  /** values of a wrong type tolerated in one exchange; default 0 */
  readonly maskTypeErrors?: number;
}

export type Requirement = 'on-behalf-of' | 'matter' | 'lookup';

export interface Grant {
  /** `pub-security.household` */
  readonly dataset: string;
  /** major version of the schema the fields are named by: `household@1` */
  readonly schema: string;
  /** narrows the agreement's purposes; absent = all of them */
  readonly purposes?: readonly string[];
  readonly rows?: { readonly all: readonly RowRule[] };
  /** fields the consumer may filter and sort by; granted clear */
  readonly filterBy?: readonly string[];
  /** fields matched by equality with a full value the caller already holds, masked or not */
  readonly lookupBy?: readonly string[];
  readonly requires?: readonly Requirement[];
  readonly limits?: Limits;
  /** path of a field → its masking rule; `contacts[].phone` reaches into arrays and objects */
  readonly fields: Readonly<Record<string, MaskRule>>;
  readonly consent?: { readonly required: true; readonly guardianUnder?: number };
  readonly obligations?: readonly Obligation[];
}

export type RowRule =
  | { readonly field: string; readonly op: 'eq' | 'in' | 'range'; readonly value: unknown }
  | { readonly field: string; readonly is: 'own-region' };

/** `{mask: idCard, head: 6, tail: 0}` */
export interface MaskRule {
  readonly mask: string;
  readonly [param: string]: unknown;
}

export interface Obligation {
  readonly id: 'delete-after' | 'no-onward-sharing' | 'notify-subject' | 'report-use';
  /** ISO 8601 duration, e.g. P180D */
  readonly period?: string;
}
