/**
 * What one entry of the log says. The leaf's bytes are the canonical JSON (RFC 8785) of this object, stored and hashed verbatim.
 * It never holds bodies, values of fields or subject tokens: those stand beside it as commitments whose openings can be deleted.
 */

/** base64url of SHA-256(salt ‖ canonical bytes of the value); the salt (128 bit) lies in the receipt or in a deletable row. */
export type Commitment = string;

export type EntryKind =
  | 'genesis'
  /** rows out, or a fact asked */
  | 'release'
  /** rows in */
  | 'intake'
  /** a provider's quarantined rows go back to it */
  | 'return'
  /** rows, raw bytes or quarantined rows are destroyed */
  | 'retire'
  /** a consent given or withdrawn */
  | 'consent'
  /** reads of a department's own affairs: a batch's state, a receipt, an explanation */
  | 'inspect'
  /** invented rows of a dataset's synthetic twin: nobody's data, and no statistic of what left */
  | 'sandbox'
  /** departments, keys, schemas, datasets, agreements, tokens, configuration, exports of evidence, start of the hub */
  | 'management'
  /** calls refused before the log was asked, counted: one a second at most */
  | 'overload';

/** Who acted, as far as it was authenticated. Absent members were not authenticated. */
export interface LeafActor {
  readonly department?: string;
  readonly keyid?: string;
  /** serial of the client certificate, hex */
  readonly certificate?: string;
  /** id of the person whose credential it was; her name is not in the log */
  readonly person?: string;
  /** id of her credential, or `hub` for acts of the hub itself */
  readonly staff?: string;
  /** how she signed in where her credential is a session in a browser: passkey, totp, oidc, demo */
  readonly way?: string;
  /** ids of the persons whose deputy she was then, separated by spaces */
  readonly insteadOf?: string;
}

export interface Leaf {
  readonly v: 1;
  /** uuid version 7 of the exchange */
  readonly id: string;
  /** RFC 3339 UTC time with milliseconds, database clock */
  readonly at: string;
  readonly kind: EntryKind;
  /** operationId of openapi.yaml, or the hub's own act */
  readonly operation: string;
  readonly decision: 'allow' | 'deny';
  /** problem code of a denial */
  readonly code?: string;
  readonly actor: LeafActor;
  /** what was said but not proven, e.g. the department and key named by a request whose signature is bad */
  readonly claimedDepartment?: string;
  readonly claimedKeyid?: string;
  readonly consumer?: string;
  readonly provider?: string;
  readonly dataset?: string;
  /** urn of the schema version */
  readonly schema?: string;
  readonly agreement?: string;
  readonly purpose?: string;
  /** pseudonymous id of the official, as signed by the department */
  readonly onBehalfOf?: string;
  /** case number, as signed by the department */
  readonly matter?: string;
  /** code of the matter that the case number belongs to, where the agreement names matters */
  readonly matterCode?: string;
  /** the approval of an upper platform that its agreement rests on */
  readonly approval?: { readonly number: string; readonly resource: string; readonly sha256: string };
  /** what the consumer takes on with the answer: `delete-after P180D`, counted from `at` */
  readonly obligations?: readonly string[];
  /** what the answer said of itself: `under-correction`, while somebody says that data of its subject is wrong */
  readonly notes?: readonly string[];
  /** id of the fact that was asked; its answer stands in the reply alone */
  readonly fact?: string;
  /** id of the aggregate that was asked for */
  readonly aggregate?: string;
  /** the batch it was counted of, and the digest of the cube that every answer about it is read from */
  readonly cube?: { readonly batch: string; readonly digest: string };
  /** names of fields and the mask each left with */
  readonly fields?: { readonly [field: string]: string };
  /** fields that did not leave, with the reason's code */
  readonly withheld?: { readonly [field: string]: string };
  /** subjects that a batch asked about */
  readonly asked?: number;
  /**
   * A stream's entries: one when it opens, one for each part before its bytes leave, one at its end; `id` is the exchange that opened it.
   * Counts are those of a part, and of all parts at the end; the end's `reply` commits to the SHA-256 of every byte before its last line.
   */
  readonly stream?: {
    readonly id: string;
    readonly state: 'open' | 'part' | 'complete' | 'aborted';
    /** number of this part, or of all parts at the end */
    readonly parts?: number;
    readonly rows?: number;
    readonly bytes?: number;
    /** why it was aborted: a problem's code */
    readonly why?: string;
  };
  /** A provider's connection, by which it is asked for rows of these live datasets: one entry when it opens, one at its end; `id` is the exchange that opened it. */
  readonly connector?: {
    readonly id: string;
    readonly state: 'open' | 'closed';
    readonly datasets: readonly string[];
    /** how it ended */
    readonly why?: string;
  };
  /**
   * Of invented rows, which stand beside the real ones and never among them: such an entry has neither `dataset`, `agreement`, `fields` nor
   * `rows`, so nothing that is counted by these can count it.
   */
  readonly synthetic?: {
    readonly dataset: string;
    /** urn of the schema version that they were made of */
    readonly schema?: string;
    /** by what their fields and masks were chosen: an agreement in force, a request that waits, or what a stranger is shown */
    readonly from?: 'agreement' | 'request' | 'default';
    /** id of the agreement in force, or of the one that is asked for */
    readonly under?: string;
    readonly rows?: number;
  };
  /** rows withheld for want of a consent stand in `private` alone */
  readonly rows?: { readonly delivered: number; readonly withheld: number };
  /** commits to what neither reply nor receipt shows: rows withheld by reason, ids of consents, what a provider signed of live rows */
  readonly private?: Commitment;
  readonly subjects?: { readonly count: number; readonly commitment: Commitment };
  /** base64url SHA-256 of the request's signature bytes */
  readonly request?: string;
  /** commitment to the reply's content-digest (the 32 bytes, as base64url text) */
  readonly reply?: Commitment;
  readonly status?: number;
  /** digest of the policy set the decision was taken under */
  readonly policy?: string;
  readonly epoch?: number;
  readonly repeatOf?: string;
  readonly batch?: {
    readonly id: string;
    readonly sha256: string;
    readonly rows: number;
    readonly bad: number;
  };
  /** what a management act changed: names, codes, digests */
  readonly change?: { readonly [name: string]: string | number | boolean };
}
