/**
 * The vocabulary of permissions, and the permissions that many operations share.
 *
 * The first verdict of a cell applies to resources of the holder's own place (the department of the role, or the data office for a role
 * there); the second applies to other resources. *propose*: a person of the owner has to accept it.
 */

export type Verdict = 'act' | 'propose' | 'refuse';
/** The owner of a resource: a department, or (undefined) the data office. */
export type Owner = string | undefined;

/** A role with its place: a department's, or the data office's. An operator always belongs to the data office. */
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
/** What each holder may do; a holder that is not named is rejected. */
export type Permission = Readonly<Partial<Record<Holder, Cell>>>;

export const everywhere: Cell = ['act', 'act'];
export const own: Cell = ['act', 'refuse'];
/** An act on a foreign resource is proposed to its owner, whose persons accept or refuse. */
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

/** Staff of a department see what belongs to it; staff of the data office see all departments. */
export const seen = {
  operator: everywhere,
  'office steward': everywhere,
  'office security': everywhere,
  'office auditor': everywhere,
  steward: own,
  security: own,
  auditor: own,
} as const;

/** The part of it that clerks need too: numbers and problem positions of submissions. */
export const seenBySenders = { ...seen, 'office clerk': everywhere, clerk: own } as const;

/** Numbers of departments and datasets: a department's leader reads those that name it. */
export const counted = { ...seen, 'office leader': everywhere, leader: own } as const;

/** What the supervising roles of the data office see. */
export const overseen = {
  'office steward': everywhere,
  'office security': everywhere,
  'office auditor': everywhere,
} as const;

/** Stewards and security officers decide about their department's resources; those of the data office decide about all. */
export const decided = {
  'office steward': everywhere,
  'office security': everywhere,
  steward: own,
  security: own,
} as const;

/** Where the operator may act too: acts that only remove or confirm. */
export const guarded = { operator: everywhere, ...decided } as const;

/** Roles that send files in a browser: a department's own files, into its own datasets. */
export const sent = { 'office steward': own, 'office clerk': own, steward: own, clerk: own } as const;

/** Counter staff of an appointed department. */
export const atCounter = { 'office steward': own, 'office clerk': own, steward: own, clerk: own } as const;

/** A person ends their own credentials. Who ends those of others: `othersCredentialEnded`. */
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

/** Security officers end the credentials of persons of their department; operator and the office's security officers those of all. */
export const othersCredentialEnded = {
  operator: everywhere,
  'office security': everywhere,
  security: own,
} as const;
