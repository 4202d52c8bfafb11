import type { Agreement } from '../../policies/documents/agreement.ts';
import { compilePlans } from '../../policies/plans.ts';
import type { CellChange } from '../../policies/questions/cellChange.ts';
import { diffPlans } from '../../policies/questions/diff.ts';
import type { Reader } from '../platform/database/reader.ts';
import { standingContext } from './standingContext.ts';

/**
 * The cells in which one agreement tells more than another; masks that cannot be compared count. None: it is narrower, or the same.
 * @throws Problem policy_does_not_compile
 */
export async function widerCells(
  reader: Reader,
  asked: Agreement,
  offered: Agreement,
): Promise<readonly CellChange[]> {
  const { context } = await standingContext(reader);
  const { cells } = diffPlans(compilePlans([asked], context), compilePlans([offered], context));
  return cells.filter(({ kind }) => kind === 'added' || kind === 'loosened');
}
