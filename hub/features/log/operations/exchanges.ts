import { dayOf } from '../../../../log/entryQuestion.ts';
import type { Leaf } from '../../../../log/leaf.ts';
import { parseLeaf } from '../../../../log/parseLeaf.ts';
import { destroyedExchange, type ExchangeViewer } from '../../../log/retention/destroyedExchange.ts';
import type { Services } from '../../common/services.ts';
import { Problem } from '../../../../terms/problem.ts';
import { ownEntries } from '../../../log/evidence/ownEntries.ts';
import { allowed } from '../../../pipeline/call.ts';
import { names, requestedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import type { components } from '../../../../api/openapi.ts';
import { receiptText } from '../../../../log/receipt/receipt.ts';
import { exportPack } from '../../../log/evidence/exportPack.ts';
import { entriesOfExchanges } from '../../../log/store/entries.ts';
import { exchangeDiagnosis, senderOf } from './exchangeDiagnosis.ts';
import { defined } from '../../../../terms/defined.ts';

/** The reason for a missing entry: it was destroyed after its retention period, or there is none that the caller may see. */
async function whyNone(
  exchange: string,
  viewer: ExchangeViewer,
  { database, keys }: Pick<Services, 'database' | 'keys'>,
): Promise<Problem> {
  const gone = await destroyedExchange(database.app, keys.headMac, exchange, viewer);
  if (gone === undefined) return new Problem('not_found');
  const { at, rules, entry } = gone;
  return new Problem('entry_destroyed', { day: dayOf(at), rules, entry });
}

/** @throws Problem log_inconsistent with the entry, if its bytes are no longer a valid entry */
function leafAt(index: number, leaf: Uint8Array): Leaf {
  try {
    return parseLeaf(leaf);
  } catch (cause) {
    throw new Problem(
      'log_inconsistent',
      { what: { zh: `第 ${index} 条已不是日志条目`, en: `entry ${index} is no entry any more` } },
      { cause },
    );
  }
}

/**
 * GET /v1/exchanges: returns the exchanges of the caller's department, as in its receipts, newest first. Queries of others for its data
 * are visible to its auditors.
 * @throws Problem cursor_invalid
 */
export const listExchanges = operation('listExchanges', {
  kind: 'inspect',
  run: async (call, services) => {
    const { decision, dataset, operation, after } = call.query;
    const { after: cursor, maxRows } = requestedPage(call.query, names.index);
    const { entries, before, ...missing } = await ownEntries(services, call.caller.department, {
      limit: maxRows,
      ...defined({ decision, dataset, operation }),
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
  const reported = { code, status, dataset, agreement, purpose, onBehalfOf, matter };
  return {
    index,
    exchange: id,
    at,
    // the hub's own entries belong to no department
    kind: kind as Exclude<Leaf['kind'], 'genesis' | 'overload'>,
    operation,
    decision,
    ...Object.fromEntries(Object.entries(reported).filter(([, value]) => value !== undefined)),
    ...(fields === undefined ? {} : { fields: Object.keys(fields) }),
    ...defined({ rows: rows?.delivered, batch: batch?.id, person: actor.person }),
  };
}

/**
 * Returns the receipt of one of the caller's own exchanges, with its proof to the newest checkpoint. The salt of the reply's commitment
 * was sent with the reply and is not stored. This receipt therefore proves the entry, but not the bytes of the reply.
 *
 * An exchange of another department returns the same problem as one that does not exist.
 * @throws Problem not_found, entry_destroyed, log_entry_missing, log_inconsistent
 */
export const getReceipt = operation('getReceipt', {
  kind: 'inspect',
  run: async (call, services) => {
    const exchange = call.params.exchange;
    const { entries, checkpoint } = await exportPack(services, { exchanges: [exchange] });
    const [entry] = entries;
    if (entry === undefined) throw await whyNone(exchange, { own: call.caller.department }, services);
    const leaf = Buffer.from(entry.leaf, 'base64');
    if (leafAt(entry.index, leaf).actor.department !== call.caller.department) throw new Problem('not_found');
    const text = receiptText({
      exchange,
      leaf,
      openings: {},
      proof: {
        index: entry.index,
        path: entry.proof.map((hash) => Buffer.from(hash, 'base64')),
        checkpoint,
        rotations: services.keys.log.rotations(),
      },
    });
    const receipt = JSON.parse(
      Buffer.from(text, 'base64url').toString('utf8'),
    ) as components['schemas']['Receipt'];
    return allowed<'getReceipt'>(200, receipt, { facts: { repeatOf: exchange } });
  },
});

/**
 * GET /v1/exchanges/{exchange}/diagnosis: explains the outcome of one exchange in words. Visible to its department, and to the department
 * whose data it concerned. Others get the same problem as for an exchange that does not exist. It is computed from the entry alone: hidden
 * parts of the reply appear there at most as a commitment.
 * @throws Problem not_found, entry_destroyed, log_inconsistent
 */
export const diagnoseExchange = operation('diagnoseExchange', {
  kind: 'inspect',
  run: async (call, services) => {
    const exchange = call.params.exchange;
    const { department } = call.caller;
    const [entry] = await entriesOfExchanges(services.database.app, [exchange]);
    if (entry === undefined) throw await whyNotReturned(exchange, department, services);
    const leaf = leafAt(entry.index, entry.leaf);
    const as = senderOf(leaf) === department ? 'own' : leaf.provider === department ? 'provider' : undefined;
    if (as === undefined) throw new Problem('not_found');
    return allowed<'diagnoseExchange'>(200, exchangeDiagnosis(entry.index, leaf, as), {
      facts: { repeatOf: exchange },
    });
  },
});

async function whyNotReturned(exchange: string, department: string, services: Services): Promise<Problem> {
  const own = await whyNone(exchange, { own: department }, services);
  return own.code === 'not_found' ? whyNone(exchange, { concerns: department }, services) : own;
}
