import type { components } from '../../../api/openapi.ts';
import { codeList } from '../../../schemas/codelists/registry.ts';
import { Problem } from '../../../terms/problem.ts';
import { codeListVersion, insertCodeList } from '../../store/codeLists.ts';
import type { ManagedCall, ManagedOutcome } from '../managed.ts';
import type { Services } from '../services.ts';
import { digestOf, registered } from './registration.ts';

type Body = components['schemas']['CodeList'];

/**
 * A version of a code list. One that ships with the hub counts as registered.
 * @throws Problem code_list_invalid, version_exists
 */
export async function registerCodeList(call: ManagedCall, { database }: Services): Promise<ManagedOutcome> {
  const list = call.body as Body;
  checkEntries(list);
  const known = await codeListVersion(database.app, list.id, list.version);
  const shipped = known === undefined ? codeList(list.id, list.version) : undefined;
  const digest = digestOf(list);
  return registered({
    kind: 'CodeList',
    id: list.id,
    version: list.version,
    digest,
    registered: known?.digest ?? (shipped === undefined ? undefined : digestOf(shipped)),
    versioned: true,
    work: (transaction) =>
      insertCodeList(
        transaction,
        { id: list.id, version: list.version, document: JSON.stringify(list), digest },
        call.exchange,
      ),
    change: { entries: list.entries.length },
  });
}

/** A code may come twice only for terms that do not overlap; a parent is a code of the same list. */
function checkEntries(list: Body): void {
  const invalid = (reason: string, index: number): Problem =>
    new Problem('code_list_invalid', { name: list.id, reason }, { at: `/body/entries/${index}` });
  const codes = new Map<string, Body['entries']>();
  list.entries.forEach((entry, index) => {
    const others = codes.get(entry.code) ?? [];
    if (others.some((other) => overlap(other, entry))) throw invalid('doubled code', index);
    if (entry.from !== undefined && entry.to !== undefined && entry.from > entry.to) {
      throw invalid('from is after to', index);
    }
    codes.set(entry.code, [...others, entry]);
  });
  if (list.supplements !== undefined) return; // its parents may be codes of the other list
  list.entries.forEach((entry, index) => {
    if (entry.parent !== undefined && !codes.has(entry.parent)) throw invalid('unknown parent', index);
  });
}

type Term = { readonly from?: string | undefined; readonly to?: string | undefined };

const overlap = (one: Term, other: Term): boolean =>
  (one.from ?? '') <= (other.to ?? '9999') && (other.from ?? '') <= (one.to ?? '9999');
