/**
 * Content of one entry of the log. The leaf's bytes are the canonical JSON (RFC 8785) of this object, stored and hashed verbatim. It never
 * contains bodies, field values or subject tokens: those are stored apart; the leaf has commitments, whose openings can be deleted.
 */

/** base64url of SHA-256(salt ‖ canonical bytes of the value); the salt (128 bit) is in the receipt or in a deletable row. */
export type Commitment = string;

export type EntryKind =
  | 'genesis'
  /** rows delivered, or a fact answered */
  | 'release'
  /** rows received */
  | 'intake'
  /** a provider's quarantined rows are returned to it */
  | 'return'
  /** rows, raw bytes or quarantined rows are destroyed */
  | 'retire'
  /** a consent given or withdrawn */
  | 'consent'
  /** reads of a department's own data: a batch's state, a receipt, an explanation */
  | 'inspect'
  /** generated rows of a dataset's synthetic twin: no personal data, and not counted as delivered */
  | 'sandbox'
  /** departments, keys, schemas, datasets, agreements, tokens, configuration, exports of evidence, start of the hub */
  | 'management'
  /** calls refused before the log was used, counted: at most one entry a second */
  | 'overload';

/** The actor, as far as it was authenticated. Absent members were not authenticated. */
export interface LeafActor {
  readonly department?: string;
  readonly keyid?: string;
  /** serial of the client certificate, hex */
  readonly certificate?: string;
  /** id of the person who owns the credential; the log does not contain the name */
  readonly person?: string;
  /** id of the credential, or `hub` for acts of the hub itself */
  readonly staff?: string;
  /** sign-in method if the credential is a browser session: passkey, totp, oidc, demo */
  readonly way?: string;
  /** ids of the persons for whom the actor was deputy, separated by spaces */
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
  /** claimed but not proven, e.g. the department and key named by a request whose signature is invalid */
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
  /** code of the matter of the case number, if the agreement names matters */
  readonly matterCode?: string;
  /** the approval of a higher platform on which the agreement rests */
  readonly approval?: { readonly number: string; readonly resource: string; readonly sha256: string };
  /** obligations of the consumer for the answer: `delete-after P180D`, counted from `at` */
  readonly obligations?: readonly string[];
  /** notes in the answer: `under-correction` while data of its subject is disputed */
  readonly notes?: readonly string[];
  /** id of the requested fact; its answer is only in the reply */
  readonly fact?: string;
  /** id of the requested aggregate */
  readonly aggregate?: string;
  /** the counted batch, and the digest of the cube from which every answer about it is read */
  readonly cube?: { readonly batch: string; readonly digest: string };
  /** names of the delivered fields, each with its mask */
  readonly fields?: { readonly [field: string]: string };
  /** fields that were not delivered, with the reason's code */
  readonly withheld?: { readonly [field: string]: string };
  /** number of subjects in a batch request */
  readonly asked?: number;
  /**
   * A stream's entries: one when it opens, one for each part before its bytes are sent, one at its end; `id` is the exchange that opened
   * it. Counts are those of a part, and of all parts at the end. The end's `reply` commits to the SHA-256 of every byte before its last
   * line.
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
  /**
   * A provider's connection through which rows of these live datasets are requested. There is one entry when it opens and one at its end;
   * `id` is the exchange that opened it.
   */
  readonly connector?: {
    readonly id: string;
    readonly state: 'open' | 'closed';
    readonly datasets: readonly string[];
    /** how it ended */
    readonly why?: string;
  };
  /**
   * About generated rows, which are stored apart from real ones. Such an entry has neither `dataset`, `agreement`, `fields` nor `rows`, so
   * it is not included in counts by these.
   */
  readonly synthetic?: {
    readonly dataset: string;
    /** urn of the schema version from which they were generated */
    readonly schema?: string;
    /** source of their fields and masks: an agreement in force, a pending request, or the default for other departments */
    readonly from?: 'agreement' | 'request' | 'default';
    /** id of the agreement in force, or of the requested one */
    readonly under?: string;
    readonly rows?: number;
  };
  /** rows withheld for lack of a consent are only in `private` */
  readonly rows?: { readonly delivered: number; readonly withheld: number };
  /**
   * commitment to values that neither reply nor receipt shows: withheld rows by reason, ids of consents, a provider's signature of live
   * rows, the trace id of the call
   */
  readonly private?: Commitment;
  readonly subjects?: { readonly count: number; readonly commitment: Commitment };
  /** base64url SHA-256 of the request's signature bytes */
  readonly request?: string;
  /** commitment to the reply's content-digest (the 32 bytes, as base64url text) */
  readonly reply?: Commitment;
  readonly status?: number;
  /** digest of the policy set under which the decision was taken */
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
