import { createHash } from 'node:crypto';
import type { RegisteredLists } from './registeredSchemas.ts';
import type { LiveDataset } from './snapshot.ts';

/**
 * Hex SHA-256 over the versions in effect of the registered code lists that check rows of a dataset. With equal digests, equal files give
 * equal rows. If its schema refers to others, all lists are included.
 */
export function listsUsed(
  { read }: Pick<RegisteredLists, 'read'>,
  { schema, mappings }: Pick<LiveDataset, 'schema' | 'mappings'>,
): string {
  const texts = [schema.document, ...[...mappings.values()].map(({ compiled }) => compiled?.document)];
  const text = JSON.stringify(texts);
  const refers = text.includes('"$ref":"urn:');
  const uses = (id: string): boolean => refers || text.includes(id);
  const used = [...read].filter(([, { id, supplements }]) => uses(id) || uses(supplements ?? id));
  return createHash('sha256')
    .update(
      used
        .map(([digest]) => digest)
        .sort()
        .join('\n'),
    )
    .digest('hex');
}
