import { diagnoseRequest } from '../../../certs/signatures/index.ts';
import { Problem } from '../../../terms/problem.ts';
import { jsonAnswer, type ExchangeOperation } from '../../exchange/call.ts';
import type { GateServices } from '../../exchange/gate.ts';
import { Refusal } from '../../identity/refusal.ts';
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

/**
 * A diagnosis is asked for by those whose signature fails, so the refusal of one carries the report as its finding. Whoever shows no
 * certificate in force learns nothing.
 */
export const diagnosing =
  ({ identity }: Services, authenticate: GateServices['authenticate']): GateServices['authenticate'] =>
  (message, peer, now, exchange) => {
    try {
      return authenticate(message, peer, now, exchange);
    } catch (error) {
      const asked = message.method === 'POST' && new URL(message.targetUri).pathname === '/v1/diagnose';
      if (!asked || !(error instanceof Refusal) || error.extras.check === 'certificate') throw error;
      const report = diagnoseRequest(message, {
        lookupKey: (keyid) => identity.verificationKey(keyid),
        now,
      });
      const told = new Problem(error.code, error.facts, { ...error.extras, findings: [report] });
      throw new Refusal(told, error.claimed, error.proven);
    }
  };
