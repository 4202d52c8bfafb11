import { diagnoseRequest } from '../../../certs/signatures/index.ts';
import { jsonAnswer, type ExchangeOperation } from '../../exchange/call.ts';
import type { Services } from '../services.ts';

/** Every stage of the verifier over this very request, with the signature base as the hub computed it. */
export const diagnose =
  ({ identity }: Services): ExchangeOperation =>
  (call) => {
    const diagnosis = diagnoseRequest(call.message, {
      lookupKey: (keyid) => identity.verificationKey(keyid),
      now: call.now,
    });
    return { ...jsonAnswer(200, diagnosis), facts: { kind: 'inspect' } };
  };
