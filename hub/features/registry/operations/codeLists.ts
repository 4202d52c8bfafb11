import type { FaultWord } from '../../../../terms/factWords.ts';
import { shippedSurroundings, shippedCodeListIds } from '../../../../machine/surroundings.ts';
import type { CodeList } from '../../../../schemas/codelists/codeList.ts';
import { areaFault, maxOfList, positionsOf } from '../../../../schemas/places/areaFault.ts';
import { Problem } from '../../../../terms/problem.ts';
import {
  codeListVersion,
  insertCodeList,
  listCodeListHeads,
  withdrawCodeList as withdrawRow,
  pageCodeLists,
} from '../../../registry/store/codeLists.ts';
import { checkListTogether } from './checkListTogether.ts';
import { ownerOfCodeList, ownerOfKnownList } from './ownedBy.ts';
import { digestOf, registered } from './registration.ts';
import { proposing, everyone } from '../../../domain/cells.ts';
import { anyOf, self } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import type { Owner } from '../../../domain/permissions.ts';
import type { Services } from '../../common/services.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { defined, present } from '../../../../terms/defined.ts';

/**
 * Registers a version of a code list. A version that ships with the hub counts as registered.
 * @throws Problem code_list_invalid, version_exists, code_list_day_taken, code_list_unfit (schemas or mappings could not go on with it),
 *   unknown_reference (the list that it supplements), department_unknown
 */
export const registerCodeList = proposable('registerCodeList', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: async (call, services) => anyOf(await ownerOfCodeList(services, call.body, call.caller)),
  secondPerson: true,
  run: async (call, services, actingPersons) => {
    const { app } = services.database;
    const { owner: wanted, ...list } = call.body;
    checkEntries(list);
    const owner = await ownerOfCodeList(services, { ...list, ...defined({ owner: wanted }) }, call.caller);
    await checkSupplemented(list, owner, services);
    const known = await codeListVersion(app, list.id, list.version);
    const shipped =
      known === undefined ? shippedSurroundings.codeLists.list(list.id, list.version) : undefined;
    const digest = digestOf(list);
    if (known !== undefined && known.withdrawn !== null)
      throw new Problem('version_exists', { what: `CodeList ${list.id}@${list.version}` });
    if (known === undefined && shipped === undefined) {
      const taken = (await listCodeListHeads(app)).find(
        (row) => row.id === list.id && row.from === list.from,
      );
      if (taken !== undefined)
        throw new Problem(
          'code_list_day_taken',
          { name: list.id, from: list.from, version: taken.version },
          { at: '/body/from' },
        );
      await checkListTogether(services, { add: list });
    }
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
          {
            id: list.id,
            version: list.version,
            document: JSON.stringify(list),
            digest,
            owner: owner ?? null,
            from: list.from,
          },
          actingPersons,
          call.exchange,
        ),
      change: { entries: list.entries.length, from: list.from },
    });
  },
});

/**
 * A supplement and the list that it adds to have one owner: codes that one department adds must not count in the list of another.
 * @throws Problem unknown_reference, code_list_invalid
 */
async function checkSupplemented(
  { id, supplements }: Pick<CodeList, 'id' | 'supplements'>,
  owner: Owner,
  services: Pick<Services, 'database'>,
): Promise<void> {
  if (supplements === undefined) return;
  const base = await ownerOfKnownList(services, supplements);
  if (base === undefined)
    throw new Problem(
      'unknown_reference',
      { kind: 'CodeList', name: supplements },
      { at: '/body/supplements' },
    );
  if (base.owner !== owner)
    throw new Problem('code_list_invalid', { name: id, reason: 'supplements a list of another owner' });
}

type Invalid = (reason: FaultWord, index: number) => Problem;

/** A code may occur twice only with terms that do not overlap. A parent is a code of the same list. */
function checkEntries(list: CodeList): void {
  const invalid: Invalid = (reason, index) =>
    new Problem('code_list_invalid', { name: list.id, reason }, { at: `/body/entries/${index}` });
  const codes = checkTerms(list, invalid);
  checkAreas(list, invalid);
  if (list.supplements !== undefined) return; // a supplement's parents may be codes of the other list
  list.entries.forEach((entry, index) => {
    if (entry.parent !== undefined && !codes.has(entry.parent)) throw invalid('unknown parent', index);
  });
}

/** Outlines are bounded, closed, and without crossings. */
function checkAreas({ entries }: CodeList, invalid: Invalid): void {
  let positions = 0;
  entries.forEach(({ area }, index) => {
    if (area === undefined) return;
    positions += positionsOf(area);
    if (positions > maxOfList) throw invalid('the outlines have too many positions', index);
    const fault = areaFault(area);
    if (fault !== undefined) throw invalid(fault, index);
  });
}

interface Term {
  readonly from: string;
  readonly to: string;
  /** place of the entry in the list */
  readonly index: number;
}

/** Of the terms of one code, sorted by their begin, two overlap only where two neighbours do. @returns the codes */
function checkTerms({ entries }: CodeList, invalid: Invalid): ReadonlySet<string> {
  const termsByCode = new Map<string, Term[]>();
  entries.forEach(({ code, from = '', to = '9999' }, index) => {
    if (from > to) throw invalid('from is after to', index);
    const terms = termsByCode.get(code);
    if (terms === undefined) termsByCode.set(code, [{ from, to, index }]);
    else terms.push({ from, to, index });
  });
  for (const terms of termsByCode.values()) {
    terms.sort((one, other) => (one.from < other.from ? -1 : Number(one.from > other.from)));
    terms.reduce((before, term) => {
      if (term.from <= before.to) throw invalid('doubled code', Math.max(before.index, term.index));
      return term;
    });
  }
  return new Set(termsByCode.keys());
}

/** The code lists that ship with the product, of one id or of all. */
const shippedAs = (wanted: string | undefined) =>
  shippedCodeListIds
    .filter((id) => wanted === undefined || id === wanted)
    .flatMap((id) => shippedSurroundings.codeLists.list(id) ?? [])
    .map(({ id, version, title, source, entries }) => ({
      id,
      version,
      title,
      codes: entries.length,
      ...defined({ source }),
    }));

/** GET /v1/code-lists */
export const listCodeLists = operation('listCodeLists', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database }) => {
    const page = orderedPage(call.query, names.versioned);
    const found = await pageCodeLists(database.app, { ...oneMore(page), id: call.query.id });
    const isFirst =
      page.after === undefined || (page.isBackwards === true && found.rows.length <= page.maxRows);
    const shipped = isFirst ? shippedAs(call.query.id) : undefined;
    return listedInOrder(
      call,
      'codeLists',
      page,
      found,
      ({ id, version }) => `${id}@${version}`,
      ({ id, version, titleZh, titleEn, source, codes, digest, registeredAt }) => ({
        id,
        version,
        title: { zh: titleZh, en: titleEn },
        ...present({ source }),
        codes,
        digest,
        registeredAt: moment(registeredAt),
      }),
      defined({ shipped }),
    );
  },
});

/**
 * Withdraws a version of a code list. It no longer takes effect but stays readable. Refused while something could not go on without it.
 * @throws Problem not_found (it is not registered), code_list_unfit
 */
export const withdrawCodeList = proposable('withdrawCodeList', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: async (call, { database }) => anyOf((await ownerOfKnownList({ database }, call.params.list))?.owner),
  secondPerson: true,
  run: async (call, services) => {
    const { reason } = call.body;
    const [id, version] = [call.params.list, call.params.version];
    const row = await codeListVersion(services.database.app, id, version);
    if (row === undefined) throw new Problem('not_found');
    if (row.withdrawn === null) await checkListTogether(services, { without: row });
    return registered({
      kind: 'Withdrawal',
      id,
      version,
      digest: row.digest,
      registered: row.withdrawn === null ? undefined : row.digest,
      versioned: true,
      work: async (transaction) => {
        if (!(await withdrawRow(transaction, { id, version, reason }, call.exchange)))
          throw new Problem('transition_not_allowed', {
            what: `CodeList ${id}@${version}`,
            state: 'withdrawn',
            act: 'withdraw',
          });
      },
      change: { withdrawn: true },
    });
  },
});
