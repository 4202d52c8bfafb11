/**
 * Compiles the documents in force even where some are faulty: edited outside the hub, or written under rules that have since become
 * stricter. A failed Agreement is omitted; a failed Restriction denies what it covers. A failure never loosens anything.
 */
import { atOnce } from '../terms/atOnce.ts';
import type { Bilingual } from '../terms/bilingual.ts';
import { defined } from '../terms/defined.ts';
import type { PolicyContext } from './context.ts';
import type { PolicyFinding } from './finding.ts';
import { readTime } from './documents/documentChecks.ts';
import { documentName, type PolicyDocument } from './documents/storedDocument.ts';
import type { Distrusted } from './plans/distrusted.ts';
import { compileInSteps, plansOf, setLine, type Plans } from './plans.ts';
import { storedRegistriesText } from './questions/storedRegistries.ts';
import { isObject } from '../terms/isObject.ts';

/** Why a document in force is not relied on. */
export type StandingFault = 'text' | 'entry' | 'signature' | 'unreadable' | 'does_not_compile' | 'missing';

/** One version in force, as far as it could be verified. */
export type ConsentVerdict = { readonly document: PolicyDocument } | FailedDocument;

export interface FailedDocument {
  /** `agr-2026-0042@3` */
  readonly name: string;
  readonly kind: PolicyDocument['kind'];
  readonly fault: StandingFault;
  /** of `unreadable` and `does_not_compile`: the first rule that it breaks, and where */
  readonly reason?: Bilingual;
  /** of an agreement; absent where there is no text */
  readonly serves?: Served;
}

/** Whom an agreement serves, with which datasets, for which purposes and when (Unix milliseconds, half-open). */
export interface Served {
  readonly consumers: readonly string[];
  readonly datasets: readonly string[];
  /** undefined where they are unknown: it may serve each purpose */
  readonly purposes: readonly string[] | undefined;
  readonly from: number;
  readonly until: number;
}

/**
 * Of a text that may break any rule: what cannot be read is left out, or open in time. It permits nothing; it only selects who is shown the
 * failure.
 *
 * Its purposes decide whether events are held until it can be used. The row has no column of them, so they are known only of a text that
 * the log vouches for. All of them count for each of its datasets, also where a grant has fewer.
 * @param vouched whether the entries of the log contain the digest of this text
 */
export function servedBy(text: string, vouched: boolean): Served {
  const { consumer, entrusted, grants, purposes, valid } = membersOf(parsed(text));
  const main = isObject(consumer) ? consumer['department'] : consumer;
  const consumers = [main, ...listOf(entrusted).map((one) => membersOf(one)['department'])];
  const datasets = listOf(grants).map((one) => membersOf(one)['dataset']);
  const { from, until } = membersOf(valid);
  return {
    consumers: consumers.filter(isText),
    datasets: datasets.filter(isText),
    purposes: vouched ? allTexts(purposes) : undefined,
    from: (isText(from) ? readTime(from) : undefined) ?? -Infinity,
    until: (isText(until) ? readTime(until) : undefined) ?? Infinity,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isText = (value: unknown): value is string => typeof value === 'string';
const allTexts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) && value.length > 0 && value.every(isText) ? value : undefined;

export interface StandingPlans {
  readonly plans: Plans;
  readonly failed: readonly FailedDocument[];
  /** those of them that are unchanged since signing but do not compile with the present registries: another binding may restore them */
  readonly idle: readonly PolicyDocument[];
  /** the set and the registries that decide from now on, for callers that repeat a decision */
  readonly reading: PolicyReading;
}

/** The documents and registries of a decision, as they are stored. */
export interface PolicyReading {
  /** digest of the set, as entries name it */
  readonly policy: string;
  /** `agr-2026-0042@3 <digest>`, of every document of the set */
  readonly lines: readonly string[];
  /** the registries that apply with them: storedRegistries.ts */
  readonly registries: string;
}

/** The sentence of a finding with its place in the document. */
export function brokenRule({ path, message }: Pick<PolicyFinding, 'path' | 'message'>): Bilingual {
  const at = path === '' ? '' : `${path} `;
  return { zh: `${at}${message.zh}`, en: `${at}${message.en}` };
}

/** @throws Problem policy_does_not_compile where the failure cannot be attributed to a document */
export const compileStanding = (verdicts: readonly ConsentVerdict[], context: PolicyContext): StandingPlans =>
  atOnce(compileStandingInSteps(verdicts, context));

/**
 * The same, yielding after each agreement.
 * @param before result of an earlier compilation: reused as far as it is still valid
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
      const finding = findings.find((one) => one.document === name);
      const reason = finding && brokenRule(finding);
      const serves = document.kind === 'Agreement' ? servedBy(document.canonical, true) : undefined;
      failed.push({ name, kind: document.kind, fault: 'does_not_compile', ...defined({ reason, serves }) });
      if (document.kind === 'Restriction') distrusted.push({ document: name, when: document.when });
    }
    documents = documents.filter((document) => !wrong.includes(document));
  }
}
