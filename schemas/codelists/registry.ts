/**
 * The code lists this process knows. Shipped ones are read from files when first asked for; others are registered (by the hub from its
 * store, by a command line from files). One registry a process: a list is identified by id and version and never changes.
 */
import { Problem } from '../../terms/problem.ts';
import { inForce, type CodeEntry, type CodeList } from './codeList.ts';
import { readShippedCodeList, shippedCodeLists } from './shipped.ts';

interface Indexed {
  readonly list: CodeList;
  readonly byCode: ReadonlyMap<string, readonly CodeEntry[]>;
}

/** grows with every registration: what was remembered of an answer is then void */
let registrations = 0;
export const codeListGeneration = (): number => registrations;

const known = new Map<string, Map<string, Indexed>>();
const supplements = new Map<string, Map<string, Indexed>>();

/** `gbt2260` for `urn:datong:code:gbt2260`. */
export function codeListIdOf(urn: string): string {
  return urn.slice('urn:datong:code:'.length);
}

/** Makes a list known, or replaces the same id and version. */
export function registerCodeList(list: CodeList): void {
  const indexed = index(list);
  registrations += 1;
  versionsOf(known, list.id).set(list.version, indexed);
  if (list.supplements !== undefined) versionsOf(supplements, list.supplements).set(list.id, indexed);
}

/** A known list; without a version the newest (versions compare as text: `2017`, `2020-12`). */
export function codeList(id: string, version?: string): CodeList | undefined {
  return indexedList(id, version)?.list;
}

/** The entries of a code, those of supplements included; empty when the list has no such code. */
export function codeEntries(id: string, version: string | undefined, code: string): readonly CodeEntry[] {
  const own = indexedList(id, version)?.byCode.get(code);
  if (own !== undefined) return own;
  for (const supplement of supplements.get(id)?.values() ?? []) {
    const entries = supplement.byCode.get(code);
    if (entries !== undefined) return entries;
  }
  return [];
}

/**
 * Whether a list holds a code that was in force at a date or year.
 * @throws Problem code_list_unknown
 */
export function isCode(
  id: string,
  version: string | undefined,
  code: string,
  at: string | undefined,
): boolean {
  if (indexedList(id, version) === undefined) throw new Problem('code_list_unknown', { list: id });
  return codeEntries(id, version, code).some((entry) => inForce(entry, at));
}

function indexedList(id: string, version: string | undefined): Indexed | undefined {
  if (!known.has(id) && shippedCodeLists.includes(id)) registerCodeList(readShippedCodeList(id));
  const versions = known.get(id);
  if (versions === undefined) return undefined;
  if (version !== undefined) return versions.get(version);
  let newest: Indexed | undefined;
  for (const one of versions.values())
    if (newest === undefined || one.list.version > newest.list.version) newest = one;
  return newest;
}

function index(list: CodeList): Indexed {
  const byCode = new Map<string, CodeEntry[]>();
  for (const entry of list.entries) {
    const entries = byCode.get(entry.code);
    if (entries === undefined) byCode.set(entry.code, [entry]);
    else entries.push(entry);
  }
  return { list, byCode };
}

function versionsOf(map: Map<string, Map<string, Indexed>>, id: string): Map<string, Indexed> {
  const versions = map.get(id) ?? new Map<string, Indexed>();
  map.set(id, versions);
  return versions;
}
