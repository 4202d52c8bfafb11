/** Agreements that would no longer compile once a dataset is bound to another version. */
import { compileInSteps, plansOf, compilePlans } from '../../policies/plans.ts';
import { inTurns } from '../../machine/yieldIfSlow.ts';
import { documentName } from '../../policies/documents/storedDocument.ts';
import type { PolicyFinding } from '../../policies/finding.ts';
import { togetherWith, type Coming, type ReadTogether } from './compileTogether.ts';
import type { Agreement } from '../../policies/documents/agreement.ts';
import type { CellChange } from '../../policies/questions/cellChange.ts';
import { diffPlans } from '../../policies/questions/diff.ts';
import type { Reader } from '../platform/database/reader.ts';
import { currentContext } from './policyContext.ts';

export interface StoppedAgreement {
  /** `agr-2026-0042@3` */
  readonly agreement: string;
  /** code of the department that loses its data */
  readonly consumer: string;
  readonly findings: readonly PolicyFinding[];
}

/**
 * Sorted by the names of agreements.
 * @throws Problem policy_does_not_compile if a restriction could not continue, or the rest does not compile together: such a change cannot
 *   be approved
 */
export async function stoppedBy(read: ReadTogether, coming: Coming): Promise<readonly StoppedAgreement[]> {
  const { documents, context } = togetherWith(read, coming);
  const { findings } = await inTurns(compileInSteps(documents, context, read.plans));
  const blamed = new Set(findings.filter(({ level }) => level === 'error').map(({ document }) => document));
  const stopped = documents.filter(
    (document) => document.kind === 'Agreement' && blamed.has(documentName(document)),
  );
  const left = documents.filter((document) => !stopped.includes(document));
  plansOf(await inTurns(compileInSteps(left, context)));
  return stopped
    .flatMap((document): StoppedAgreement[] => {
      if (document.kind !== 'Agreement') return [];
      const { consumer } = document;
      const agreement = documentName(document);
      return [
        {
          agreement,
          consumer: typeof consumer === 'string' ? consumer : consumer.department,
          findings: findings.filter((finding) => finding.document === agreement),
        },
      ];
    })
    .sort((a, b) => (a.agreement < b.agreement ? -1 : 1));
}

/**
 * The cells in which one agreement discloses more than another; masks that cannot be compared count. None: it is narrower, or equal.
 * @throws Problem policy_does_not_compile
 */
export async function widerCells(
  reader: Reader,
  requested: Agreement,
  offered: Agreement,
): Promise<readonly CellChange[]> {
  const { context } = await currentContext(reader);
  const { cells } = diffPlans(compilePlans([requested], context), compilePlans([offered], context));
  return cells.filter(({ kind }) => kind === 'added' || kind === 'loosened');
}
