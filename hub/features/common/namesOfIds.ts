import type { Identity } from '../../identity/identity.ts';

/**
 * Adds the names of the persons whose ids a reply contains: `author` adds `authorName`. An id that is not in the directory adds none.
 * @param ids as in the reply; undefined ids are skipped
 */
export function namesOfIds<K extends string>(
  identity: Pick<Identity, 'persons'>,
  ids: Readonly<Partial<Record<K, string | null>>>,
): Partial<Record<`${K}Name`, string>> {
  const names = new Map<string, string>(identity.persons().map(({ id, name }) => [id, name]));
  return Object.fromEntries(
    Object.entries<string | null | undefined>(ids).flatMap(([role, id]) => {
      const name = typeof id === 'string' ? names.get(id) : undefined;
      return name === undefined ? [] : [[`${role}Name`, name]];
    }),
  ) as Partial<Record<`${K}Name`, string>>;
}
