import type { Actor } from '../../log/draft.ts';
import { Problem } from '../../../terms/problem.ts';

/**
 * A request that was not authenticated. It is a Problem like any other for the reply; its entry takes `actor` for what was proven before
 * the check that failed, and for what the request merely said.
 */
export class Refusal extends Problem {
  readonly actor: Actor;
  /** hash of the signature that the request carries, whatever it is worth: so the receipt of the refusal is about this very request */
  readonly signatureHash: string | undefined;

  constructor(problem: Problem, actor: Actor, signatureHash?: string) {
    super(problem.code, problem.facts, { ...problem.extras, cause: problem });
    this.name = 'Refusal';
    this.actor = actor;
    this.signatureHash = signatureHash;
  }
}
