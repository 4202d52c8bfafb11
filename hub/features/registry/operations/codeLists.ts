import type { FaultWord } from '../../../../terms/factWords.ts';
import { shippedSurroundings, shippedCodeListIds } from '../../../../machine/surroundings.ts';
import type { CodeList } from '../../../../schemas/codelists/codeList.ts';
import { areaFault, maxOfList, positionsOf } from '../../../../schemas/places/areaFault.ts';
import { Problem } from '../../../../terms/problem.ts';
import {
  codeListOwner,
  codeListVersion,
  insertCodeList,
  listCodeListHeads,
  withdrawCodeList as withdrawRow,
  pageCodeLists,
} from '../../../registry/store/codeLists.ts';
import { checkListTogether } from './checkListTogether.ts';
import { ownerOfCodeList } from './ownedBy.ts';
import { digestOf, registered } from './registration.ts';
import { proposing, everyone } from '../../../domain/cells.ts';
import { anyOf, self } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { defined, present } from '../../../../terms/defined.ts';

/**
 * Registers a version of a code list. A version that ships with the hub counts as registered.
 * @throws Problem code_list_invalid, version_exists, code_list_day_taken, code_list_unfit (schemas or mappings could not go on with it)
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
    const holder = await codeListOwner(app, list.id);
    if (holder !== undefined && (holder.owner ?? undefined) !== owner)
      throw new Problem('code_list_invalid', {
        name: list.id,
        reason: 'supplements a list of another owner',
      });
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

/** A code may occur twice only with terms that do not overlap. A parent is a code of the same list. */
function checkEntries(list: CodeList): void {
  const invalid = (reason: FaultWord, index: number): Problem =>
    new Problem('code_list_invalid', { name: list.id, reason }, { at: `/body/entries/${index}` });
  const codes = new Map<string, CodeList['entries'][number][]>();
  list.entries.forEach((entry, index) => {
    const others = codes.get(entry.code) ?? [];
    if (others.some((other) => overlap(other, entry))) throw invalid('doubled code', index);
    if (entry.from !== undefined && entry.to !== undefined && entry.from > entry.to) {
      throw invalid('from is after to', index);
    }
    codes.set(entry.code, [...others, entry]);
  });
  checkAreas(list, invalid);
  if (list.supplements !== undefined) return; // a supplement's parents may be codes of the other list
  list.entries.forEach((entry, index) => {
    if (entry.parent !== undefined && !codes.has(entry.parent)) throw invalid('unknown parent', index);
  });
}

/** Outlines are bounded, closed, and without crossings. */
function checkAreas({ entries }: CodeList, invalid: (reason: FaultWord, index: number) => Problem): void {
  let positions = 0;
  entries.forEach(({ area }, index) => {
    if (area === undefined) return;
    positions += positionsOf(area);
    if (positions > maxOfList) throw invalid('the outlines have too many positions', index);
    const fault = areaFault(area);
    if (fault !== undefined) throw invalid(fault, index);
  });
}

type Term = { readonly from?: string | undefined; readonly to?: string | undefined };

const overlap = (one: Term, other: Term): boolean =>
  (one.from ?? '') <= (other.to ?? '9999') && (other.from ?? '') <= (one.to ?? '9999');

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
 * @throws Problem not_found (it neither ships with the hub nor is registered), code_list_unfit
 */
export const withdrawCodeList = proposable('withdrawCodeList', {
  permission: { operator: proposing, 'office steward': proposing, steward: proposing },
  owner: async (call, { database }) =>
    anyOf((await codeListOwner(database.app, call.params.list))?.owner ?? undefined),
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
