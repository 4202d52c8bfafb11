/** 共享协议: which consumer receives which fields of which dataset, for what purpose, with which masks, on what basis, and until when. */
import type { Bilingual } from '../../terms/bilingual.ts';
import type { ObligationId } from '../obligations/obligations.ts';
import type { StoredDocument } from './storedText.ts';

export interface Agreement extends StoredDocument {
  readonly kind: 'Agreement';
  /** 2: each provider has its own pseudonyms. Absent: format 1, in which a domain has the same ones in the datasets of all providers */
  readonly format?: 2;
  readonly title?: Bilingual;
  readonly provider: string;
  /** one department, or one with everything below it in the tree of departments */
  readonly consumer: string | { readonly department: string; readonly subtree: true };
  /** codes of the tree of purposes */
  readonly purposes: readonly string[];
  readonly basis: Basis;
  /** half-open: from ≤ now < until; RFC 3339 times with an offset; three years at most, an emergency 30 days */
  readonly valid: { readonly from: string; readonly until: string };
  /** true for agreements that the hub made itself on an unconditionally shared dataset */
  readonly automatic?: boolean;
  /**
   * hex SHA-256 of the impact assessment (个人信息保护影响评估); required for sensitive personal fields, and for personal ones of entrusted parties
   */
  readonly assessment?: string;
  /** an approval given on an upper platform (上级平台批复), which took the place of both departments' signatures */
  readonly approval?: UpperApproval;
  /** 办理事项 this agreement serves: every call names a case of one of them */
  readonly matters?: readonly Matter[];
  /** 受托单位 that act for the consumer, within narrower limits */
  readonly entrusted?: readonly Entrusted[];
  /** pseudonyms that are the same in datasets of several providers, while an agreement of each provider names the same linkage */
  readonly linkages?: readonly Linkage[];
  readonly grants: readonly Grant[];
}

export interface Linkage {
  readonly id: string;
  /** a linkage that ended begins again with a new number, and new pseudonyms */
  readonly epoch: number;
  /** in any order */
  readonly members: readonly LinkageMember[];
}

export interface LinkageMember {
  readonly dataset: string;
  /** path of a field that is granted with the mask `pseudonym` */
  readonly field: string;
}

export interface UpperApproval {
  /** number of the approval (批复文号) */
  readonly number: string;
  /** code of the resource there */
  readonly resource: string;
  /** hex SHA-256 of the approval as it was issued */
  readonly sha256: string;
}

export type BasisType = 'consent' | 'statutory' | 'contract' | 'emergency' | 'public-disclosed';

export interface Basis {
  readonly type: BasisType;
  /** the law, regulation, contract, declared emergency or publication; required for every basis but consent */
  readonly reference?: string;
  readonly clause?: string;
}

export interface Matter {
  readonly code: string;
  readonly title: Bilingual;
  /** forms of its case numbers (`caseNumber.ts`): `datong-matter` of a call fits one of them */
  readonly cases: readonly string[];
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
  /** subjects of one batch query; each of them counts as a call */
  readonly subjectsPerCall?: number;
  /** calls a day (calendar of China) of one department, on one dataset, for one purpose */
  readonly callsPerDay?: number;
  /** rows a day, counted as calls are */
  readonly rowsPerDay?: number;
  /** bytes of answers a day, counted as calls are */
  readonly bytesPerDay?: number;
  /** streams of one department that may be open at once, on one dataset; counted over all processes of the hub */
  readonly streamsAtOnce?: number;
  /** values of a wrong type tolerated in one exchange; default 0 */
  readonly maskTypeErrors?: number;
  /** of a live dataset: seconds for which its provider's answer may be reused for the same question; default 0 */
  readonly cacheSeconds?: number;
}

/** How rows may be delivered in addition to pages. */
export type Delivery = 'batch' | 'stream' | 'export' | 'changes' | 'events' | 'latest' | 'history';

export type Requirement = 'on-behalf-of' | 'matter' | 'lookup';

/** 核验: a question about one subject that is answered only with yes, no or unknown. */
export interface Fact {
  readonly id: string;
  readonly title: Bilingual;
  /** all of them hold in one and the same row; of several rows of the subject, any */
  readonly all: readonly FactCondition[];
  readonly limits: FactLimits;
}

/** One condition on a field; the caller gives a date or a value where the agreement states `asked`. */
export type FactCondition =
  /** full years on the day of the call */
  | { readonly field: string; readonly ageAtLeast: number }
  | { readonly field: string; readonly ageBelow: number }
  | { readonly field: string; readonly in: readonly (string | number | boolean)[] }
  | { readonly field: string; readonly equals: 'asked' }
  | { readonly field: string; readonly notAfter: 'today' | 'asked' }
  /** openEnded: an empty field counts as one that never ends */
  | { readonly field: string; readonly notBefore: 'today' | 'asked'; readonly openEnded?: boolean };

export interface FactLimits {
  /** as of rows, but of this fact alone */
  readonly callsPerDay: number;
  /** calls a day about one and the same subject; required where the caller chooses what is compared */
  readonly perSubjectPerDay?: number;
}

/** 统计: rows counted and fields summed by dimensions that are fixed beforehand; groups below `minGroup` are not shown. */
export interface Aggregate {
  readonly id: string;
  readonly title: Bilingual;
  /** fields with a closed set of values */
  readonly by: readonly string[];
  /** numbers summed in each group, in addition to the count */
  readonly sum?: readonly string[];
  /** rows of the smallest group shown */
  readonly minGroup: number;
}

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
  /** in addition to pages of rows, which every grant with fields allows */
  readonly deliveries?: readonly Delivery[];
  readonly requires?: readonly Requirement[];
  readonly limits?: Limits;
  /** questions about one subject, each named by the schema's subject field */
  readonly facts?: readonly Fact[];
  /** permitted statistics, of whole batches alone and never on consent */
  readonly aggregates?: readonly Aggregate[];
  /** path of a field → its masking rule; `contacts[].phone` reaches into arrays and objects. Empty = facts or statistics alone, no rows */
  readonly fields: Readonly<Record<string, MaskRule>>;
  /** path of each granted field → why the consumer needs it. Absent: given for the grant as a whole, or before reasons were asked for */
  readonly reasons?: Readonly<Record<string, string>>;
  readonly consent?: GrantConsent;
  readonly obligations?: readonly Obligation[];
}

/** Whose consent the rows need: the person's, or below an age the guardian's. Birth date and guardian are in the same row. */
export interface GrantConsent {
  readonly required: true;
  /** full years under which the guardian decides */
  readonly guardianUnder?: number;
  /** field with the date of birth; required where age matters */
  readonly birth?: string;
  /** field with the guardian's identifier, of the same kind as the subject's */
  readonly guardian?: string;
  /** departments whose services request consents, in addition to the provider; never the recipient */
  readonly collectors?: readonly string[];
}

/** Code of the department that receives under an agreement. */
export const consumerOf = ({ consumer }: Agreement): string =>
  typeof consumer === 'string' ? consumer : consumer.department;

export type RowRule =
  | { readonly field: string; readonly op: 'eq' | 'in' | 'range'; readonly value: unknown }
  | { readonly field: string; readonly is: 'own-region' };

/** `{mask: idCard, head: 6, tail: 0}` */
export interface MaskRule {
  readonly mask: string;
  readonly [param: string]: unknown;
}

export interface Obligation {
  readonly id: ObligationId;
  /** ISO 8601 duration, e.g. P180D */
  readonly period?: string;
}
