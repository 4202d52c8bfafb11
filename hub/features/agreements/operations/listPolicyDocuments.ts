import { parsePolicyDocument } from '../../../../policies/documents/parseDocument.ts';
import { stopSides } from '../../../domain/stops.ts';
import type { Identity } from '../../../identity/identity.ts';
import {
  pagePolicyDocuments,
  type DatedPolicyDocument,
} from '../../../registry/store/policy/pagePolicyDocuments.ts';
import {
  listed,
  listedInOrder,
  moment,
  names,
  oneMore,
  orderedPage,
  requestedPage,
} from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';
import { visibility } from '../../../../policies/questions/visibility.ts';
import { defined, present } from '../../../../terms/defined.ts';

const permission = seen;

/** GET /v1/policy/documents: returns to a department the agreements it is a party to, and to the data office all documents. */
export const listPolicyDocuments = operation('listPolicyDocuments', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, services) => {
    const { kind, state, id, digest, provider, consumer, dataset } = call.query;
    const page = orderedPage(call.query, names.numbered);
    const parties = reachOf(permission, call.caller);
    const filter = { parties, kind, state, id, digest, provider, consumer, dataset };
    const found = await pagePolicyDocuments(services.database.app, { ...oneMore(page), ...filter });
    const persons = new Map(services.identity.persons().map((person) => [person.id, person.name]));
    return listedInOrder(
      call,
      'documents',
      page,
      found,
      (row) => `${row.id}@${row.version}`,
      (row) => summary(row, persons),
    );
  },
});

function summary(row: DatedPolicyDocument, persons: ReadonlyMap<string, string>) {
  const { id, version, kind, state, digest, automatic } = row;
  const document = parsePolicyDocument(row.text, `${id}@${version}`);
  const stopped = stopSides.filter((side) => row.stops[side] !== undefined);
  return {
    id,
    version,
    kind,
    state,
    digest,
    automatic,
    ...defined({ title: document.title }),
    ...present({ provider: row.provider, consumer: row.consumer }),
    ...contentOf(document),
    ...(stopped.length === 0 ? {} : { stopped }),
    ...(row.signatures.length === 0 ? {} : { signed: row.signatures.map((one) => one.department) }),
    author: named(row.author, persons),
    ...(row.approver === null ? {} : { approver: named(row.approver, persons) }),
    submittedAt: moment(row.submittedAt),
    ...(row.decidedAt === null ? {} : { decidedAt: moment(row.decidedAt) }),
  };
}

function contentOf(document: ReturnType<typeof parsePolicyDocument>) {
  if (document.kind === 'Restriction')
    return { datasets: document.when.dataset ?? [], purposes: document.when.purposeUnder ?? [] };
  return {
    datasets: [...new Set(document.grants.map(({ dataset }) => dataset))],
    purposes: document.purposes,
    basis: document.basis.type,
    valid: { from: document.valid.from, until: document.valid.until },
  };
}

function named(person: ReturnType<Identity['persons']>[number]['id'], persons: ReadonlyMap<string, string>) {
  const name = persons.get(person);
  return { person, ...defined({ name }) };
}

/** GET /v1/policy/visibility: returns who sees which field, and in which form. It uses the same table that decides calls. */
export const listVisible = operation('listVisible', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { registry }) => {
    const page = requestedPage(call.query, names.index);
    const reach = reachOf(permission, call.caller);
    await registry.refresh();
    const { dataset, field, consumer } = call.query;
    const requested = defined({ dataset, field, consumer });
    const cells = visibility(registry.current.plans, requested, call.now).filter(
      (cell) =>
        reach?.some((own) => own === cell.provider || own === cell.consumer || own === cell.principal) ??
        true,
    );
    const from = Number(page.after ?? 0);
    const rows = cells
      .slice(from, from + oneMore(page).maxRows)
      .map((cell, at) => ({ cell, next: from + at + 1 }));
    return listed(
      call,
      'cells',
      page,
      rows,
      ({ next }) => String(next),
      ({ cell: { agreement, provider, consumer: reader, principal, purpose, ...cell } }) => ({
        agreement,
        provider,
        consumer: reader,
        purpose,
        dataset: cell.dataset,
        field: cell.field,
        ...defined({ principal }),
        access: cell.access,
        mask: cell.mask,
        floors: cell.floors,
        active: cell.active,
        until: cell.until,
      }),
    );
  },
});
