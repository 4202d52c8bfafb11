/** The changes that the security officer must approve before a dataset moves to another version of its schema. */
import type { Plans } from '../../../../policies/plans.ts';
import { diffPlans } from '../../../../policies/questions/diff.ts';
import { conditionsOfNew } from '../../../../policies/questions/effectOf.ts';
import type { DatasetSchema, JsonSchema } from '../../../../schemas/datasetSchema.ts';
import { readSchema } from '../../../../schemas/parse.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { readAfter } from '../../../registry/compileTogether.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { schemaByUrn } from '../../../registry/store/schemas.ts';
import type { Services } from '../../common/services.ts';
import { readRegistered, type ReadVersion } from './checkVersion.ts';
import { meaningSince, versionsOf } from './schemaSuccession.ts';
import { defined } from '../../../../terms/defined.ts';

export interface Loosened {
  /** place in the text of the version, or cell of an agreement */
  readonly pointer: string;
  readonly code: string;
  /** urn of the version compared with, or agreement, consumer and purpose */
  readonly against: string;
  readonly message?: Bilingual;
  /** what the cell reveals now, and would reveal */
  readonly from?: string;
  readonly to?: string;
}

/**
 * Changes of what fields mean, and fields that are protected less. Fields are compared with the version that the dataset is bound to.
 * Fields that this version lacks are compared with every other published version. A field that was left out for a while must not return
 * with another meaning.
 */
export async function meaningOfMove(
  { schema: from, rows, surroundings }: ReadVersion,
  to: DatasetSchema,
): Promise<Loosened[]> {
  const versions = versionsOf(rows, to);
  const isBound = ({ urn }: { readonly urn: string }): boolean => urn === from.urn;
  // the same version has the same meaning
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
 * Cells of agreements that reveal more than before, with the conditions of those that answer again. An agreement over several datasets
 * answers again on all of them. A cell that is blocked because a restriction is unreliable reveals nothing.
 * @param dataset the one that moves: its cells have no dataset in their name
 */
function cellsLoosened(before: Plans, after: Plans, dataset: string): Loosened[] {
  const [reported, reportedAfter] = [answering(before), answering(after)];
  const cells = diffPlans(reported, reportedAfter).cells.filter(
    ({ kind }) => kind === 'added' || kind === 'loosened',
  );
  return [...cells, ...conditionsOfNew(reported, reportedAfter)].map(
    ({ agreement, consumer, purpose, dataset: of, cell, kind, from, to }) => ({
      pointer: of === dataset ? cell : `${of} ${cell}`,
      code: kind,
      against: `${agreement} ${consumer} ${purpose}`,
      ...defined({ from, to }),
    }),
  );
}

const answering = (plans: Plans): Plans => ({
  ...plans,
  all: plans.all.filter((plan) => !plans.blocked.has(plan)),
});

/** Everything that the security officer is shown about a dataset's move to another version, as of now. */
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
