import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { SubjectCaller } from '../../identity/authentication/caller.ts';
import type { Services } from '../services.ts';
import { consentOffers } from './consentOffers.ts';

/** GET /v1/own/offers: what she may be asked for here, each with the whole text of its notice. */
export async function listOwnOffers(call: Call<SubjectCaller>, services: Services): Promise<Outcome> {
  const language = call.query['language'] === 'en' ? 'en' : 'zh';
  const offers = (await consentOffers(services, language)).map(({ offer }) => offer);
  return allowed(200, { offers }, { facts: { change: { offers: offers.length } } });
}
