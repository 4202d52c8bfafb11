/**
 * Compiles all documents in force into a finite table of plans, one per (agreement, consumer, purpose, dataset). Because the table is
 * finite, "who can see this field" and "what changes" are answered by reading it.
 */
import { createHash } from 'node:crypto';
import { atOnce } from '../terms/atOnce.ts';
import { Problem } from '../terms/problem.ts';
import { cubesOf } from './aggregates/cube.ts';
import type { Cube } from './decision.ts';
import type { PolicyContext, Sharing } from './context.ts';
import type { Agreement } from './documents/agreement.ts';
import { readTime, type Restriction } from './documents/documentChecks.ts';
import { documentName, type PolicyDocument } from './documents/storedDocument.ts';
import type { PolicyFinding } from './finding.ts';
import { checkRestrictions } from './plans/checkRestrictions.ts';
import { compileGrant, type GrantInput } from './plans/compileGrant.ts';
import { grantInputsOf, registriesText, sameInputs, type GrantInputs } from './plans/grantInputs.ts';
import { blockedPlans } from './plans/distrusted.ts';
import { scopesOf } from './plans/linkages.ts';
import { partiesOf, type Party } from './plans/parties.ts';
import type { Plan } from './plans/plan.ts';
import { Report } from './plans/report.ts';
import { sandboxPurpose } from './sandbox/sandboxPurpose.ts';

export type { Plan } from './plans/plan.ts';

export interface CompiledAgreement {
  readonly agreement: Agreement;
  /** Unix milliseconds, half-open */
  readonly from: number;
  readonly until: number;
  readonly suspended: boolean;
  /** consumer → dataset → purpose → plan */
  readonly plans: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, Plan>>>;
  /** the same in one list */
  readonly all: readonly Plan[];
  /** the inputs that each of its grants was compiled against */
  readonly inputs: readonly GrantInputs[];
}

export interface Plans {
  /** hex SHA-256 over the documents, whatever their order */
  readonly digest: string;
  readonly agreements: ReadonlyMap<string, CompiledAgreement>;
  readonly restrictions: readonly Restriction[];
  readonly all: readonly Plan[];
  /** codes of the tree of purposes */
  readonly purposes: ReadonlySet<string>;
  /** the catalogue's datasets; undefined when the context does not list them */
  readonly datasets: ReadonlySet<string> | undefined;
  /** how each dataset is shared, as far as the context states it */
  readonly sharing: ReadonlyMap<string, Sharing>;
  /** plans covered by a restriction that cannot be relied on → its name; calls under them are denied */
  readonly blocked: ReadonlyMap<Plan, string>;
  /** `cubeKey` → what all statistics of one consumer on one dataset are read from */
  readonly cubes: ReadonlyMap<string, Cube>;
  /** consumer → datasets that at least one agreement grants it */
  readonly reach: ReadonlyMap<string, ReadonlySet<string>>;
  /** departments and purposes that they were compiled against */
  readonly registries: string;
}

/** Result of compiling; `plans` is undefined when there are findings. */
export interface Compiled {
  readonly plans?: Plans;
  readonly findings: readonly PolicyFinding[];
}

/** @throws Problem policy_does_not_compile, with every finding; nothing is compiled in part */
export const compilePlans = (documents: readonly PolicyDocument[], context: PolicyContext): Plans =>
  plansOf(tryCompilePlans(documents, context));

/** @throws Problem policy_does_not_compile, with every finding */
export function plansOf({ plans, findings }: Compiled): Plans {
  if (plans !== undefined) return plans;
  throw new Problem('policy_does_not_compile', { count: findings.length }, { findings });
}

/** The same without throwing, for lint. */
export const tryCompilePlans = (documents: readonly PolicyDocument[], context: PolicyContext): Compiled =>
  atOnce(compileInSteps(documents, context));

/**
 * The same, yielding after each agreement: the caller may run other work in between.
 * @param before plans of the same documents: those of an agreement whose datasets are unchanged are reused
 */
export function* compileInSteps(
  documents: readonly PolicyDocument[],
  context: PolicyContext,
  before?: Plans,
): Generator<undefined, Compiled, undefined> {
  const findings: PolicyFinding[] = [];
  doubledIds(documents, findings);
  const restrictions = documents.filter((document) => document.kind === 'Restriction');
  const agreements = new Map<string, CompiledAgreement>();
  const all: Plan[] = [];
  const digest = digestOfLines(documents.map(setLine));
  const suspended = new Set(context.suspended ?? []);
  checkRestrictions(restrictions, context, findings);
  const registries = registriesText(context);
  const known = before?.digest === digest && before.registries === registries ? before.agreements : undefined;
  const scopes = scopesOf(documents.filter((document) => document.kind === 'Agreement'));
  for (const document of documents) {
    if (document.kind !== 'Agreement') continue;
    const inputs = grantInputsOf(document, context);
    const earlier = known?.get(document.id);
    const compiled =
      earlier !== undefined && sameInputs(earlier.inputs, inputs)
        ? earlier
        : compileAgreement(document, { restrictions, context, digest, scopes }, findings);
    all.push(...compiled.all);
    agreements.set(document.id, {
      agreement: document,
      from: readTime(document.valid.from) ?? Infinity,
      until: readTime(document.valid.until) ?? -Infinity,
      suspended: suspended.has(document.id),
      plans: compiled.plans,
      all: compiled.all,
      inputs,
    });
    yield;
  }
  const cubes = cubesOf(all, documents, findings);
  if (findings.length > 0) return { findings };
  const plans: Plans = {
    digest,
    agreements,
    restrictions,
    all,
    purposes: new Set(context.purposes.map((purpose) => purpose.code)),
    datasets: context.datasets === undefined ? undefined : new Set(context.datasets),
    sharing: context.sharing ?? new Map<string, Sharing>(),
    blocked: blockedPlans(all, context),
    cubes,
    reach: reachOf(all),
    registries,
  };
  return { plans, findings };
}

/** One document of a set: `agr-2026-0042@3 <hex digest of its text>`. */
export const setLine = (document: Pick<PolicyDocument, 'id' | 'version' | 'digest'>): string =>
  `${documentName(document)} ${document.digest}`;

/** hex SHA-256 of a set's lines, whatever their order. */
export const digestOfLines = (lines: readonly string[]): string =>
  createHash('sha256')
    .update(
      [...lines]
        .map((line) => `${line}\n`)
        .sort()
        .join(''),
    )
    .digest('hex');

interface CompiledPlans {
  readonly plans: CompiledAgreement['plans'];
  readonly all: readonly Plan[];
}

function compileAgreement(
  agreement: Agreement,
  among: Pick<GrantInput, 'restrictions' | 'context' | 'digest' | 'scopes'>,
  findings: PolicyFinding[],
): CompiledPlans {
  const { context } = among;
  const report = new Report(agreement, findings);
  const parties = partiesOf(agreement, context, report);
  for (const [i, purpose] of agreement.purposes.entries()) {
    if (context.purposes.some((known) => known.code === purpose)) continue;
    report.error(
      'unknown_purpose',
      `/purposes/${i}`,
      '使用场景不在使用场景目录中',
      'the purpose is not in the tree of purposes',
    );
  }
  const plans = new Map<string, Map<string, Map<string, Plan>>>();
  const all: Plan[] = [];
  for (const index of agreement.grants.keys()) {
    for (const plan of compileGrant({ ...among, agreement, index, parties, report })) {
      const { consumer, dataset, purpose } = plan.ref;
      if (purpose === sandboxPurpose && context.sandbox !== true) continue;
      const ofConsumer = plans.get(consumer) ?? new Map<string, Map<string, Plan>>();
      const ofDataset = ofConsumer.get(dataset) ?? new Map<string, Plan>();
      plans.set(consumer, ofConsumer.set(dataset, ofDataset));
      const earlier = ofDataset.get(purpose);
      if (earlier !== undefined) doubledGrant(report, index, earlier, parties);
      ofDataset.set(purpose, plan);
      all.push(plan);
    }
  }
  return { plans, all };
}

/** Reports more than one grant for an (agreement, consumer, purpose, dataset); once per pair of grants, by its first consumer. */
function doubledGrant(report: Report, index: number, earlier: Plan, parties: readonly Party[]): void {
  if (parties[0]?.consumer !== earlier.ref.consumer) return;
  report.error(
    'duplicate_grant',
    `/grants/${index}`,
    `与 /grants/${earlier.grantIndex} 重复：同一数据资源、同一使用场景只能有一项授予`,
    `grants the same dataset for the same purpose as /grants/${earlier.grantIndex}`,
  );
}

function doubledIds(documents: readonly PolicyDocument[], findings: PolicyFinding[]): void {
  const seen = new Set<string>();
  for (const document of documents) {
    if (seen.has(document.id)) {
      new Report(document, findings).error(
        'duplicate_document',
        '/id',
        '同一编号的文档只能有一个版本生效',
        'only one version of a document may be in force',
      );
    }
    seen.add(document.id);
  }
}

function reachOf(all: readonly Plan[]): Map<string, Set<string>> {
  const reach = new Map<string, Set<string>>();
  for (const { ref } of all) {
    const datasets = reach.get(ref.consumer) ?? new Set<string>();
    reach.set(ref.consumer, datasets.add(ref.dataset));
  }
  return reach;
}
