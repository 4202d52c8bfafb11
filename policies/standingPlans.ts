/**
 * What stands in the hub, compiled although some of it may be wrong: edited behind the hub's back, or written under rules that have
 * become stricter. A failed Agreement is absent; a failed Restriction denies what it touches. Nothing that fails ever loosens.
 */
import { atOnce } from '../terms/atOnce.ts';
import type { PolicyContext } from './context.ts';
import { documentName, type PolicyDocument } from './documents/storedDocument.ts';
import type { Distrusted } from './plans/distrusted.ts';
import { compileInSteps, plansOf, setLine, type Plans } from './plans.ts';
import { storedRegistriesText } from './questions/storedRegistries.ts';

/** Why a standing document is not relied on. */
export type StandingFault = 'text' | 'entry' | 'signature' | 'unreadable' | 'does_not_compile' | 'missing';

/** One standing version, as far as it could be verified. */
export type ConsentVerdict =
  | { readonly document: PolicyDocument }
  | {
      /** `agr-2026-0042@3` */
      readonly name: string;
      readonly kind: PolicyDocument['kind'];
      readonly fault: StandingFault;
    };

export interface FailedDocument {
  readonly name: string;
  readonly kind: PolicyDocument['kind'];
  readonly fault: StandingFault;
}

export interface StandingPlans {
  readonly plans: Plans;
  readonly failed: readonly FailedDocument[];
  /** those of them that are as they were signed and do not compile as the registries are: another binding may bring them back */
  readonly idle: readonly PolicyDocument[];
  /** the set and the registries that decide from now on, for whoever decides the same again */
  readonly reading: PolicyReading;
}

/** What a decision was taken under, as it is kept. */
export interface PolicyReading {
  /** digest of the set, as entries name it */
  readonly policy: string;
  /** `agr-2026-0042@3 <digest>`, of every document of the set */
  readonly lines: readonly string[];
  /** the registries beside them: storedRegistries.ts */
  readonly registries: string;
}

/** @throws Problem policy_does_not_compile where no document can be blamed */
export const compileStanding = (verdicts: readonly ConsentVerdict[], context: PolicyContext): StandingPlans =>
  atOnce(compileStandingInSteps(verdicts, context));

/**
 * The same, resting after each agreement.
 * @param before what was compiled of an earlier reading: taken over as far as it still holds
 */
export function* compileStandingInSteps(
  verdicts: readonly ConsentVerdict[],
  context: PolicyContext,
  before?: Plans,
): Generator<undefined, StandingPlans, undefined> {
  const failed = verdicts.flatMap((one): FailedDocument[] => ('fault' in one ? [one] : []));
  const distrusted: Distrusted[] = failed
    .filter(({ kind }) => kind === 'Restriction')
    .map(({ name }) => ({ document: name }));
  const idle: PolicyDocument[] = [];
  let documents = verdicts.flatMap((one) => ('document' in one ? [one.document] : []));
  for (;;) {
    const { plans, findings } = yield* compileInSteps(documents, { ...context, distrusted }, before);
    if (plans !== undefined) {
      const registries = storedRegistriesText({ ...context, distrusted });
      return {
        plans,
        failed,
        idle,
        reading: { policy: plans.digest, lines: documents.map(setLine), registries },
      };
    }
    const blamed = new Set(findings.map(({ document }) => document));
    const wrong = documents.filter((document) => blamed.has(documentName(document)));
    if (wrong.length === 0) plansOf({ findings });
    for (const document of wrong) {
      const name = documentName(document);
      idle.push(document);
      failed.push({ name, kind: document.kind, fault: 'does_not_compile' });
      if (document.kind === 'Restriction') distrusted.push({ document: name, when: document.when });
    }
    documents = documents.filter((document) => !wrong.includes(document));
  }
}
