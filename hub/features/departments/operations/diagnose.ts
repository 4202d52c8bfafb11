import { Problem } from '../../../../terms/problem.ts';
import { allowed, denied, unlogged } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';

/**
 * Every stage of the verifier over this very request, with the signature base as the hub computed it. It is asked for by those whose
 * signature fails, so a certificate in force is all it takes; their refusal carries the report as its finding.
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

/** What the exchange listener, where a refused handshake is a bare reset, would say of this certificate. Leaves no entry. */
export const diagnoseHandshake = operation('diagnoseHandshake', {
  kind: 'none',
  run: (call, { identity }) => {
    return unlogged<'diagnoseHandshake'>(200, identity.diagnoseHandshake(call.caller.certificate));
  },
});
