import { Problem } from '../../terms/problem.ts';
import type { Claimed } from './caller.ts';

/** What was proven of a refused caller before the check that failed: for the actor of the entry. */
export interface Proven {
  /** serial of the client certificate, whose key the TLS handshake proved */
  readonly certificate?: string;
}

/**
 * A request that was not authenticated. It is a Problem like any other for the reply; the entry takes `proven` as its actor and
 * `claimed` for what the request merely said.
 */
export class Refusal extends Problem {
  readonly claimed: Claimed;
  readonly proven: Proven;
  /** hash of the signature that the request carries, whatever it is worth: so the receipt of the refusal is about this very request */
  readonly signatureHash: string | undefined;

  constructor(problem: Problem, claimed: Claimed, proven: Proven = {}, signatureHash?: string) {
    super(problem.code, problem.facts, { ...problem.extras, cause: problem });
    this.name = 'Refusal';
    this.claimed = claimed;
    this.proven = proven;
    this.signatureHash = signatureHash;
  }
}
