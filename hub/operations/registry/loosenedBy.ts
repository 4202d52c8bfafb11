/** What the security officer agrees to before a dataset goes over to another version of its schema. */
import type { Plans } from '../../../policies/plans.ts';
import { diffPlans } from '../../../policies/questions/diff.ts';
import type { DatasetSchema } from '../../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import type { ReadVersion } from './checkVersion.ts';
import { meaningSince, versionsOf } from './schemaSuccession.ts';

export interface Loosened {
  /** place in the text of the version, or cell of an agreement */
  readonly pointer: string;
  readonly code: string;
  /** urn of the version compared with, or agreement, consumer and purpose */
  readonly against: string;
  readonly message?: Bilingual;
  /** what the cell tells now, and would tell */
  readonly from?: string;
  readonly to?: string;
}

/**
 * What fields mean otherwise, or are guarded less: against the version that the dataset is bound to; and, of fields that this one lacks,
 * against every other published version: what the dataset left out for a while does not come back as something else.
 */
export function meaningOfMove(
  { schema: from, rows, surroundings }: ReadVersion,
  to: DatasetSchema,
): Loosened[] {
  const versions = versionsOf(rows, to);
  const isBound = ({ urn }: { readonly urn: string }): boolean => urn === from.urn;
  // the same version means what it means
  if (from.urn === to.urn) return [];
  const found = meaningSince(
    to.document,
    { each: versions.filter(isBound), others: versions.filter((row) => !isBound(row)) },
    surroundings,
  );
  const once = new Map(found.map((one) => [`${one.pointer} ${one.code}`, one] as const).reverse());
  return [...once.values()].reverse();
}

/** Cells of agreements over a dataset that tell more than before. */
export const cellsLoosened = (before: Plans, after: Plans, dataset: string): Loosened[] =>
  diffPlans(before, after)
    .cells.filter((cell) => cell.dataset === dataset && (cell.kind === 'added' || cell.kind === 'loosened'))
    .map(({ agreement, consumer, purpose, cell, kind, from, to }) => ({
      ...{ pointer: cell, code: kind, against: `${agreement} ${consumer} ${purpose}` },
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    }));
