/** Every problem code of the product, with its HTTP status, who can resolve it, and its sentences. One file per subject. */
import type { Bilingual } from './bilingual.ts';
import { adapterProblems } from './problems/adapter.ts';
import { agentProblems } from './problems/agent.ts';
import { attachmentProblems } from './problems/attachments.ts';
import { changeoverProblems } from './problems/changeover.ts';
import { databaseProblems } from './problems/database.ts';
import { eventProblems } from './problems/events.ts';
import { exchangeProblems } from './problems/exchange.ts';
import { generalProblems } from './problems/general.ts';
import { infrastructureProblems } from './problems/infrastructure.ts';
import { identityProblems } from './problems/identity.ts';
import { guardProblems } from './problems/guards.ts';
import { intakeProblems } from './problems/intake.ts';
import { periodProblems } from './problems/periods.ts';
import { reminderProblems } from './problems/reminder.ts';
import { rowsByCallProblems } from './problems/rowsByCall.ts';
import { pullProblems } from './problems/pull.ts';
import { keyStoreProblems } from './problems/keyStore.ts';
import { logProblems } from './problems/log.ts';
import { policyProblems } from './problems/policy.ts';
import { registryProblems } from './problems/registry.ts';
import { schemaProblems } from './problems/schema.ts';
import { wireProblems } from './problems/wire.ts';
import { consentProblems } from './problems/consent.ts';
import { personProblems } from './problems/persons.ts';
import { replyProblems } from './problems/reply.ts';

/** Who can resolve a problem. `department`: the caller's own; `other`: another person or department, which `next` names. */
export type Mender = 'caller' | 'department' | 'other' | 'provider' | 'data-office' | 'operator';

export interface ProblemKind {
  readonly status: number;
  readonly who: Mender;
  /** What is wrong; `{places}` are filled from the problem's facts. */
  readonly text: Bilingual;
  /** What to do next. */
  readonly next: Bilingual;
}

const catalogue = {
  ...generalProblems,
  ...databaseProblems,
  ...infrastructureProblems,
  ...wireProblems,
  ...replyProblems,
  ...identityProblems,
  ...personProblems,
  ...keyStoreProblems,
  ...policyProblems,
  ...consentProblems,
  ...exchangeProblems,
  ...eventProblems,
  ...intakeProblems,
  ...guardProblems,
  ...periodProblems,
  ...rowsByCallProblems,
  ...attachmentProblems,
  ...pullProblems,
  ...reminderProblems,
  ...adapterProblems,
  ...schemaProblems,
  ...registryProblems,
  ...changeoverProblems,
  ...logProblems,
  ...agentProblems,
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof catalogue;
export const problemCatalogue: Readonly<Record<ProblemCode, ProblemKind>> = catalogue;
/** The sentence of a problem; undefined for an unknown code, and where the sentence needs facts. */
export function sentenceOf(code: string): Bilingual | undefined {
  if (!isProblemCode(code)) return undefined;
  const { text } = problemCatalogue[code];
  return text.en.includes('{') ? undefined : text;
}
export const isProblemCode = (text: string): text is ProblemCode => Object.hasOwn(catalogue, text);
