/** What the security officer agrees to before a dataset goes over to another version of its schema. */
import type { Plans } from '../../../../policies/plans.ts';
import { diffPlans } from '../../../../policies/questions/diff.ts';
import { conditionsOfNew } from '../../../../policies/questions/effectOf.ts';
import type { DatasetSchema, JsonSchema } from '../../../../schemas/datasetSchema.ts';
import { readSchema } from '../../../../schemas/parse.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { readAfter } from '../../../registry/readAfter.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { schemaByUrn } from '../../../registry/store/schemas.ts';
import type { Services } from '../../common/services.ts';
import { readRegistered, type ReadVersion } from './checkVersion.ts';
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
export async function meaningOfMove(
  { schema: from, rows, surroundings }: ReadVersion,
  to: DatasetSchema,
): Promise<Loosened[]> {
  const versions = versionsOf(rows, to);
  const isBound = ({ urn }: { readonly urn: string }): boolean => urn === from.urn;
  // the same version means what it means
  if (from.urn === to.urn) return [];
  const found = await meaningSince(
    to.document,
    { each: versions.filter(isBound), others: versions.filter((row) => !isBound(row)) },
    surroundings,
  );
  const once = new Map(found.map((one) => [`${one.pointer} ${one.code}`, one] as const).reverse());
  return [...once.values()].reverse();
}

/**
 * Cells of agreements that tell more than before, with the conditions of those that answer anew: an agreement over several datasets answers
 * again on all of them. What a restriction blocks that cannot be relied on tells nothing.
 * @param dataset the one that moves: its cells are called by their name alone
 */
function cellsLoosened(before: Plans, after: Plans, dataset: string): Loosened[] {
  const [reported, tells] = [answering(before), answering(after)];
  const cells = diffPlans(reported, tells).cells.filter(
    ({ kind }) => kind === 'added' || kind === 'loosened',
  );
  return [...cells, ...conditionsOfNew(reported, tells)].map(
    ({ agreement, consumer, purpose, dataset: of, cell, kind, from, to }) => ({
      pointer: of === dataset ? cell : `${of} ${cell}`,
      ...{ code: kind, against: `${agreement} ${consumer} ${purpose}` },
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    }),
  );
}

const answering = (plans: Plans): Plans => ({
  ...plans,
  all: plans.all.filter((plan) => !plans.blocked.has(plan)),
});

/** Everything that the security officer is shown of a dataset's way to another version, as things are at this moment. */
export async function loosenedBy(
  services: Services,
  { id, schema }: Pick<DatasetRow, 'id' | 'schema'>,
  to: string,
): Promise<Loosened[]> {
  if (schema === to) return [];
  const { app } = services.database;
  const [from, target] = await Promise.all([schemaByUrn(app, schema), schemaByUrn(app, to)]);
  const read = await readRegistered(services, from?.document ?? '{}');
  const fresh = readSchema(JSON.parse(target?.document ?? '{}') as JsonSchema, read.surroundings.resolve);
  const { current } = services.registry;
  const after = await readAfter(current, { dataset: id, schema: to });
  return [...(await meaningOfMove(read, fresh)), ...cellsLoosened(current.plans, after, id)];
}
