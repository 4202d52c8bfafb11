import { Problem } from '../../../../terms/problem.ts';
import { allowed, denied, unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/**
 * Runs every stage of the verifier on this request and returns the signature base as the hub computed it. Clients call it when their
 * signature fails, so it requires only a certificate in force. A refusal carries the report as its finding.
 */
export const diagnose = operation('diagnose', {
  kind: 'inspect',
  run: (call, { identity }) => {
    const { caller } = call;
    const report = identity.diagnoseRequest(call.head, call.bytes, call);
    if (caller.kind === 'department' || caller.refusal === undefined)
      return allowed<'diagnose'>(200, report, { facts: {} });
    const { code, facts, extras } = caller.refusal;
    return denied(new Problem(code, facts, { ...extras, findings: [report] }), {});
  },
});

/**
 * Reports how the exchange listener would judge this certificate, because a refused handshake is only a connection reset. Writes no log
 * entry.
 */
export const diagnoseHandshake = operation('diagnoseHandshake', {
  kind: 'none',
  run: (call, { identity }) => {
    return unlogged<'diagnoseHandshake'>(200, identity.diagnoseHandshake(call.caller.certificate));
  },
});
