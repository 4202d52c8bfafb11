import type { components } from '../../../api/openapi.ts';
import { jsonAnswer, type ExchangeOperation } from '../../exchange/call.ts';
import type { Services } from '../services.ts';

/** @throws Problem certificate_not_renewable, certificate_unknown, certificate_request_… */
export const renewCertificate =
  ({ identity }: Services): ExchangeOperation =>
  async (call) => {
    const body = call.body as components['schemas']['Renewal'];
    const act = await identity.renew(call.caller, body, { exchange: call.id, now: call.now });
    return {
      ...jsonAnswer(201, act.reply),
      facts: { kind: 'management', change: act.change },
      ...(act.work === undefined ? {} : { work: act.work }),
      bumpsEpoch: act.bumpsEpoch,
    };
  };
