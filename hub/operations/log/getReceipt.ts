import { dayOf } from '../../../log/entryQuestion.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { receiptText } from '../../../log/receipt/receipt.ts';
import { exportPack } from '../../audit/evidence/exportPack.ts';
import { destroyedExchange } from '../../audit/retention/destroyedExchange.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { Services } from '../services.ts';
import { Problem } from '../../../terms/problem.ts';

/**
 * The receipt of one of the caller's own exchanges, with its proof to the newest checkpoint. The salt of the reply's commitment left with
 * the reply itself and is not kept, so this receipt proves the entry, not once more the reply's bytes.
 *
 * Somebody else's exchange is as unknown as one that never was.
 * @throws Problem not_found, entry_destroyed, log_entry_missing, log_inconsistent
 */
export async function getReceipt(call: Call<DepartmentCaller>, services: Services): Promise<Outcome> {
  const exchange = call.params['exchange'] ?? '';
  const { entries, checkpoint } = await exportPack(services, { exchanges: [exchange] });
  const [entry] = entries;
  if (entry === undefined) throw await whyNone(exchange, call.caller.department, services);
  const leaf = Buffer.from(entry.leaf, 'base64');
  if (departmentOf(leaf, entry.index) !== call.caller.department) throw new Problem('not_found');
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
  const receipt: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  return allowed(200, receipt, { facts: { repeatOf: exchange } });
}

/** Its time was over, or there never was one of this department's. */
async function whyNone(
  exchange: string,
  own: string,
  { database, keys }: Pick<Services, 'database' | 'keys'>,
): Promise<Problem> {
  const gone = await destroyedExchange(database.app, keys.headMac, exchange, { own });
  if (gone === undefined) return new Problem('not_found');
  const { at, rules, entry } = gone;
  return new Problem('entry_destroyed', { day: dayOf(at), rules, entry });
}

/** @throws Problem log_inconsistent that names the entry, where its bytes are none any more */
function departmentOf(leaf: Uint8Array, index: number): string | undefined {
  try {
    return parseLeaf(leaf).actor.department;
  } catch (cause) {
    throw new Problem(
      'log_inconsistent',
      { what: { zh: `第 ${index} 条已不是日志条目`, en: `entry ${index} is no entry any more` } },
      { cause },
    );
  }
}
