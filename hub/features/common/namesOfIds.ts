import type { Identity } from '../../identity/identity.ts';

/**
 * The names of the persons whom a reply names by id, to stand beside the ids: `author` brings `authorName`. An id that the directory does not
 * know brings none.
 * @param ids as the reply has them; nobody where there is none
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
