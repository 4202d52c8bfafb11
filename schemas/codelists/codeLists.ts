/** Code lists as one immutable value: the lists that a schema, a mapping or a mask may use. Two hubs in one process each have their own. */
import { grouped } from '../../terms/grouped.ts';
import { Problem } from '../../terms/problem.ts';
import { inForce, isNewer, type CodeEntry, type CodeList } from './codeList.ts';

export interface CodeLists {
  /** a list; without a version the newest by its effective date */
  readonly list: (id: string, version?: string) => CodeList | undefined;
  /** the entries of a code, including those of supplements; empty when the list has no such code */
  readonly entries: (id: string, code: string, version?: string) => readonly CodeEntry[];
  /** all entries of a short list without terms, including those of supplements; undefined for any other list */
  readonly few: (id: string, version?: string) => readonly CodeEntry[] | undefined;
  /** whether codes of a list, or of its supplements, were in force for a limited time */
  readonly hasTerms: (id: string, version?: string) => boolean;
  /**
   * Whether a list contains a code that was in force at a date or year (without one: ever).
   * @throws Problem code_list_unknown
   */
  readonly has: (id: string, version: string | undefined, code: string, at: string | undefined) => boolean;
}

/** Maximum number of entries returned by `few`; longer lists are only for lookups. */
const maxOfFew = 50;

/** Lists that are read on first use. */
export interface CodeListSource {
  readonly id: string;
  readonly read: () => CodeList;
}

/** `gbt2260` for `urn:datong:code:gbt2260`. */
export function codeListIdOf(urn: string): string {
  return urn.slice('urn:datong:code:'.length);
}

/**
 * @param lists the effective lists; a later one replaces an earlier one of the same id and version
 * @param sources fallback lists of the same ids
 */
export function codeLists(lists: readonly CodeList[], sources: readonly CodeListSource[] = []): CodeLists {
  const own = grouped(lists, ({ id }) => id);
  const supplements = newestSupplements(lists);
  const versions = new Map<string, readonly CodeList[]>();
  const indexes = new Map<CodeList, ReadonlyMap<string, readonly CodeEntry[]>>();

  const versionsOf = (id: string): readonly CodeList[] => {
    const known = versions.get(id);
    if (known !== undefined) return known;
    const found = sources.filter((source) => source.id === id).map((source) => source.read());
    found.push(...(own.get(id) ?? []));
    versions.set(id, found);
    return found;
  };
  const list = (id: string, version?: string): CodeList | undefined =>
    version === undefined
      ? newest(versionsOf(id))
      : versionsOf(id).findLast((one) => one.version === version);
  const entriesIn = (one: CodeList, code: string): readonly CodeEntry[] | undefined => {
    let index = indexes.get(one);
    if (index === undefined) {
      index = grouped(one.entries, (entry) => entry.code);
      indexes.set(one, index);
    }
    return index.get(code);
  };
  const entries = (id: string, code: string, version?: string): readonly CodeEntry[] => {
    const found = list(id, version);
    const mine = found === undefined ? undefined : entriesIn(found, code);
    if (mine !== undefined) return mine;
    for (const supplement of supplements.get(id) ?? []) {
      const more = entriesIn(supplement, code);
      if (more !== undefined) return more;
    }
    return [];
  };
  return {
    list,
    entries,
    few(id, version) {
      const found = list(id, version);
      if (found === undefined || found.entries.length > maxOfFew) return undefined;
      const all = [found, ...(supplements.get(id) ?? [])].flatMap((one) => one.entries);
      return all.some(({ from, to }) => from !== undefined || to !== undefined) ? undefined : all;
    },
    hasTerms(id, version) {
      const found = list(id, version);
      return [...(found === undefined ? [] : [found]), ...(supplements.get(id) ?? [])].some((one) =>
        one.entries.some(({ from, to }) => from !== undefined || to !== undefined),
      );
    },
    has(id, version, code, at) {
      if (list(id, version) === undefined) throw new Problem('code_list_unknown', { list: id });
      return entries(id, code, version).some((entry) => inForce(entry, at));
    },
  };
}

export const noCodeLists: CodeLists = codeLists([]);

/** Supplements by the list that they add to: the newest version of each. */
function newestSupplements(lists: readonly CodeList[]): ReadonlyMap<string, readonly CodeList[]> {
  const adding = lists.filter(({ supplements }) => supplements !== undefined);
  return new Map(
    [...grouped(adding, ({ supplements = '' }) => supplements)].map(([id, all]) => [
      id,
      [...grouped(all, (one) => one.id).values()].flatMap((versions) => newest(versions) ?? []),
    ]),
  );
}

/** The newest version; of several with equal versions the last. */
function newest(versions: readonly CodeList[]): CodeList | undefined {
  return versions.reduce<CodeList | undefined>(
    (best, one) => (best === undefined || isNewer(one, best) ? one : best),
    undefined,
  );
}
