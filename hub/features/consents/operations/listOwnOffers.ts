import { allowed } from '../../../pipeline/call.ts';
import { consentOffers } from './consentOffers.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/own/offers: what she may be asked for here, each with the whole text of its notice. */
export const listOwnOffers = operation('listOwnOffers', {
  kind: 'inspect',
  run: async (call, services) => {
    const language = call.query.language === 'en' ? 'en' : 'zh';
    const offers = (await consentOffers(services, language)).map(({ offer }) => offer);
    return allowed<'listOwnOffers'>(200, { offers }, { facts: { change: { offers: offers.length } } });
  },
});
