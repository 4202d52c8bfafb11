import type { Leaf } from '../../../../log/leaf.ts';
import { ownEntries } from '../../../log/evidence/ownEntries.ts';
import { allowed } from '../../../pipeline/call.ts';
import { names, pageAsked } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';

/**
 * GET /v1/exchanges: what the caller's department did, as its receipts say it, the newest first. What others asked of its data is for its
 * auditors. @throws Problem cursor_invalid
 */
export const listExchanges = operation('listExchanges', {
  kind: 'inspect',
  run: async (call, services) => {
    const { decision, dataset, operation, after } = call.query;
    const { after: cursor, most } = pageAsked(call.query, names.index);
    const { entries, before, ...missing } = await ownEntries(services, call.caller.department, {
      limit: most,
      ...(decision === undefined ? {} : { decision }),
      ...(dataset === undefined ? {} : { dataset }),
      ...(operation === undefined ? {} : { operation }),
      ...(after === undefined ? {} : { after: Number(after) }),
      ...(cursor === undefined ? {} : { before: Number(cursor) }),
    });
    const body = {
      exchanges: entries.map(({ index, leaf }) => exchangeView(index, leaf)),
      ...missing,
      ...(before === undefined ? {} : { nextCursor: Buffer.from(String(before)).toString('base64url') }),
    };
    return allowed<'listExchanges'>(200, body, { facts: { change: { exchanges: entries.length } } });
  },
});

function exchangeView(index: number, leaf: Leaf) {
  const { id, at, kind, operation, decision, fields, rows, batch, actor } = leaf;
  const { code, status, dataset, agreement, purpose, onBehalfOf, matter } = leaf;
  const told = { code, status, dataset, agreement, purpose, onBehalfOf, matter };
  return {
    index,
    exchange: id,
    at,
    // the hub's own entries are of no department
    kind: kind as Exclude<Leaf['kind'], 'genesis' | 'overload'>,
    operation,
    decision,
    ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
    ...(fields === undefined ? {} : { fields: Object.keys(fields) }),
    ...(rows === undefined ? {} : { rows: rows.delivered }),
    ...(batch === undefined ? {} : { batch: batch.id }),
    ...(actor.person === undefined ? {} : { person: actor.person }),
  };
}
