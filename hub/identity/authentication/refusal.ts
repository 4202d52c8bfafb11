import type { Actor } from '../../log/draft.ts';
import { Problem } from '../../../terms/problem.ts';

/**
 * A request that was not authenticated. For the reply it is an ordinary Problem. Its entry takes from `actor` what was proven before the
 * failed check, and what the request only claimed.
 */
export class Refusal extends Problem {
  readonly actor: Actor;
  /** hash of the request's signature, valid or not, so that the receipt of the rejection refers to this request */
  readonly signatureHash: string | undefined;

  constructor(problem: Problem, actor: Actor, signatureHash?: string) {
    super(problem.code, problem.facts, { ...problem.extras, cause: problem });
    this.name = 'Refusal';
    this.actor = actor;
    this.signatureHash = signatureHash;
  }
}
