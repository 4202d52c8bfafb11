import { parseLeaf } from '../../../log/parseLeaf.ts';
import { receiptText } from '../../../log/receipt/receipt.ts';
import { exportPack } from '../../audit/evidence/exportPack.ts';
import { jsonAnswer, type ExchangeOperation } from '../../exchange/call.ts';
import type { Services } from '../services.ts';
import { Problem } from '../../../terms/problem.ts';

/**
 * The receipt of one of the caller's own exchanges, with its proof to the newest checkpoint. The salt of the reply's commitment left with
 * the reply itself and is not kept, so this receipt proves the entry, not once more the reply's bytes.
 *
 * Somebody else's exchange is as unknown as one that never was.
 * @throws Problem not_found
 */
export const getReceipt =
  (services: Services): ExchangeOperation =>
  async (call) => {
    const exchange = call.params['exchange'] ?? '';
    const { entries, checkpoint } = await exportPack(services, { exchanges: [exchange] });
    const [entry] = entries;
    if (entry === undefined) throw new Problem('not_found');
    const leaf = Buffer.from(entry.leaf, 'base64');
    if (parseLeaf(leaf).actor.department !== call.caller.department) throw new Problem('not_found');
    const text = receiptText({
      exchange,
      leaf,
      openings: {},
      proof: {
        index: entry.index,
        path: entry.proof.map((hash) => Buffer.from(hash, 'base64')),
        checkpoint,
      },
    });
    return {
      ...jsonAnswer(200, JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))),
      facts: { kind: 'inspect', repeatOf: exchange },
    };
  };
