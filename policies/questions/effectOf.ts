/**
 * The changes that putting one document in force causes, and a digest of all that it loosens. An approval names this digest together with
 * the document's own.
 */
import { createHash } from 'node:crypto';
import { canonicalText } from '../../schemas/readJson.ts';
import { defined } from '../../terms/defined.ts';
import type { PolicyContext } from '../context.ts';
import { documentName, type PolicyDocument } from '../documents/storedDocument.ts';
import { jointViews, type JointView } from '../joint/jointViews.ts';
import { viewerOf } from '../joint/seenField.ts';
import type { Plan } from '../plans/plan.ts';
import { compilePlans, type Plans } from '../plans.ts';
import { cellChange, type CellChange } from './cellChange.ts';
import { diffPlans, type PolicyDiff } from './diff.ts';
import { requirementsOf } from './visibility.ts';

export interface PolicyEffect {
  /** `agr-2026-0042@3` */
  readonly document: string;
  /** every cell that changes, of any document: a restriction changes the cells of agreements */
  readonly diff: PolicyDiff;
  /** the cells that are added or loosened, in a stable order; a new plan also lists its conditions */
  readonly loosens: readonly CellChange[];
  /** views of one consumer that this makes finer than each of its parts: the office sees them whole, each provider its part */
  readonly unions: readonly JointView[];
  /** all documents that would be in force, compiled */
  readonly after: Plans;
  /** hex SHA-256 over loosened cells and unions. The approver has seen these; if the present set yields others, the approval is void. */
  readonly digest: string;
}

/**
 * Computes the effect of a document on the documents in force, as if it replaced its earlier version. The result does not depend on the
 * order of the documents, nor on which agreements are suspended: an approval covers what the document reveals whenever it applies.
 * @param plans the documents in force, compiled against the same context
 * @throws Problem policy_does_not_compile when the document conflicts with the documents in force
 */
export function effectOf(plans: Plans, document: PolicyDocument, context: PolicyContext): PolicyEffect {
  const others = documentsOf(plans).filter(({ id }) => id !== document.id);
  const after = compilePlans([...others, document], context);
  const diff = diffPlans(plans, after);
  const loosens = [
    ...diff.cells.filter(({ kind }) => kind === 'added' || kind === 'loosened'),
    ...conditionsOfNew(plans, after),
  ]
    .map((cell) => ({ cell, text: canonicalText(cell) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1));
  const unions = newUnions(plans, after, diff);
  const seen = [...loosens.map(({ text }) => text), ...unions.map((view) => canonicalText(view))];
  return {
    document: documentName(document),
    diff,
    loosens: loosens.map(({ cell }) => cell),
    unions,
    after,
    digest: createHash('sha256')
      .update(`[${seen.join(',')}]`)
      .digest('hex'),
  };
}

/** Joint views that are new. Only the consumers of cells that were added or loosened can have any. */
function newUnions(before: Plans, after: Plans, { cells }: PolicyDiff): readonly JointView[] {
  const loosened = new Set(
    cells.filter(({ kind }) => kind === 'added' || kind === 'loosened').map(({ consumer }) => consumer),
  );
  if (loosened.size === 0) return [];
  const viewers = new Set(after.all.filter(({ ref }) => loosened.has(ref.consumer)).map(viewerOf));
  const known = new Set(jointViews(before, viewers).map(withoutVersions));
  return jointViews(after, viewers).filter((view) => !known.has(withoutVersions(view)));
}

/** Removes versions: a new version of an agreement with the same grants reveals nothing new. */
const withoutVersions = (view: JointView): string =>
  canonicalText({
    ...view,
    parts: view.parts.map((part) => ({ ...part, agreement: part.agreement.replace(/@\d+$/, '') })),
  });

/** The documents that a set of plans was compiled from. */
export const documentsOf = ({ agreements, restrictions }: Plans): readonly PolicyDocument[] => [
  ...[...agreements.values()].map(({ agreement }) => agreement),
  ...restrictions,
];

/** A new plan has no earlier version to compare with: its rows, filters, limits and duties are part of the grant. */
export function conditionsOfNew(before: Plans, after: Plans): readonly CellChange[] {
  const key = ({ ref }: Plan): string => `${ref.agreement}\n${ref.consumer}\n${ref.purpose}\n${ref.dataset}`;
  const known = new Set(before.all.map(key));
  return after.all.filter((plan) => !known.has(key(plan))).flatMap(conditionsOf);
}

function conditionsOf(plan: Plan): readonly CellChange[] {
  const { whole, agreement, filterable } = plan;
  const { rowFilter, limits, consent, obligations } = whole;
  const cells: Readonly<Record<string, unknown>> = {
    '(rows)': rowFilter,
    '(filterBy)': [...filterable],
    '(deliveries)': plan.grant.deliveries ?? [],
    '(limits)': limits,
    '(requires)': requirementsOf(plan),
    '(matters)': (agreement.matters ?? []).map(({ code, cases }) => ({ code, cases })),
    '(valid)': agreement.valid,
    '(consent)': consent ?? 'none',
    '(obligations)': obligations,
    '(basis)': agreement.basis,
    ...defined({ '(linkages)': agreement.linkages }),
  };
  return Object.entries(cells).map(([cell, value]) =>
    cellChange(plan, 'added', cell, undefined, canonicalText(value)),
  );
}
