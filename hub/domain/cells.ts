/**
 * The vocabulary of permissions, and the permissions that many operations share.
 *
 * The first verdict of a cell is for things of the holder's own place (the department of the role, or the data office for a role there),
 * the second for things of others. *propose*: a person of the owner has to accept it.
 */

export type Verdict = 'act' | 'propose' | 'refuse';
/** Whom something belongs to: a department, or (undefined) the data office. */
export type Owner = string | undefined;

/** A role with its place: a department's, or the data office's. An operator is always of the data office. */
export const holders = [
  'operator',
  'office steward',
  'office security',
  'office auditor',
  'office clerk',
  'office leader',
  'steward',
  'security',
  'auditor',
  'clerk',
  'leader',
] as const;
export type Holder = (typeof holders)[number];
export type Cell = readonly [own: Verdict, other: Verdict];
/** What each holder may do; a holder that is not named is refused. */
export type Permission = Readonly<Partial<Record<Holder, Cell>>>;

export const everywhere: Cell = ['act', 'act'];
export const own: Cell = ['act', 'refuse'];
/** A foreign thing is proposed to its owner, whose persons accept or refuse. */
export const proposing: Cell = ['act', 'propose'];

export const everyone = {
  operator: everywhere,
  'office steward': everywhere,
  'office security': everywhere,
  'office auditor': everywhere,
  steward: everywhere,
  security: everywhere,
  auditor: everywhere,
  'office clerk': everywhere,
  'office leader': everywhere,
  clerk: everywhere,
  leader: everywhere,
} as const;

/** What a department's people see of their own, and the data office's of everybody. */
export const seen = {
  operator: everywhere,
  'office steward': everywhere,
  'office security': everywhere,
  'office auditor': everywhere,
  steward: own,
  security: own,
  auditor: own,
} as const;

/** What of it clerks need, too: numbers and places about submissions. */
export const seenBySenders = { ...seen, 'office clerk': everywhere, clerk: own } as const;

/** Numbers of departments and datasets: a department's leader reads those that name it. */
export const counted = { ...seen, 'office leader': everywhere, leader: own } as const;

/** What those of the data office who watch over the hub see. */
export const overseen = {
  'office steward': everywhere,
  'office security': everywhere,
  'office auditor': everywhere,
} as const;

/** Stewards and security officers decide about what is their department's, the data office's about everything. */
export const decided = {
  'office steward': everywhere,
  'office security': everywhere,
  steward: own,
  security: own,
} as const;

/** Where the operator may act beside them: what only takes away, or confirms. */
export const guarded = { operator: everywhere, ...decided } as const;

/** Whoever sends files in a browser: a department's own, into its own datasets. */
export const sent = { 'office steward': own, 'office clerk': own, steward: own, clerk: own } as const;

/** Whoever stands at the counter of an appointed department. */
export const atCounter = { 'office steward': own, 'office clerk': own, steward: own, clerk: own } as const;

/** One's own credentials are ended by oneself, everybody's by whoever keeps the hub or its security. */
export const credentialEnded = {
  operator: everywhere,
  'office security': everywhere,
  'office steward': own,
  'office auditor': own,
  'office clerk': own,
  'office leader': own,
  steward: own,
  security: own,
  auditor: own,
  clerk: own,
  leader: own,
} as const;
