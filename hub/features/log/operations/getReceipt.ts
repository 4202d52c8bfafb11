import type { components } from '../../../../api/openapi.ts';
import { receiptText } from '../../../../log/receipt/receipt.ts';
import { exportPack } from '../../../log/evidence/exportPack.ts';
import { allowed } from '../../../pipeline/call.ts';
import { Problem } from '../../../../terms/problem.ts';
import { leafAt, whyNone } from './ownExchange.ts';
import { operation } from '../../common/operation.ts';

/**
 * The receipt of one of the caller's own exchanges, with its proof to the newest checkpoint. The salt of the reply's commitment left with
 * the reply itself and is not kept, so this receipt proves the entry, not once more the reply's bytes.
 *
 * Somebody else's exchange is as unknown as one that never was.
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
