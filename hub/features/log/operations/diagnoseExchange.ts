import { allowed } from '../../../pipeline/call.ts';
import { entriesOfExchanges } from '../../../log/store/entries.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { Services } from '../../common/services.ts';
import { exchangeDiagnosis, senderOf } from './exchangeDiagnosis.ts';
import { leafAt, whyNone } from './ownExchange.ts';
import { operation } from '../../common/operation.ts';

/**
 * GET /v1/exchanges/{exchange}/diagnosis: what became of one exchange and why, in words. For the department whose it was, and for the one
 * whose data it was about; to everybody else it is as unknown as one that never was. It is read from the entry alone: what the reply hid
 * stands there as a commitment, if at all. @throws Problem not_found, entry_destroyed, log_inconsistent
 */
export const diagnoseExchange = operation('diagnoseExchange', {
  kind: 'inspect',
  run: async (call, services) => {
    const exchange = call.params.exchange;
    const { department } = call.caller;
    const [entry] = await entriesOfExchanges(services.database.app, [exchange]);
    if (entry === undefined) throw await neverTold(exchange, department, services);
    const leaf = leafAt(entry.index, entry.leaf);
    const as = senderOf(leaf) === department ? 'own' : leaf.provider === department ? 'provider' : undefined;
    if (as === undefined) throw new Problem('not_found');
    return allowed<'diagnoseExchange'>(200, exchangeDiagnosis(entry.index, leaf, as), {
      facts: { repeatOf: exchange },
    });
  },
});

async function neverTold(exchange: string, department: string, services: Services): Promise<Problem> {
  const own = await whyNone(exchange, { own: department }, services);
  return own.code === 'not_found' ? whyNone(exchange, { concerns: department }, services) : own;
}
