import { decideRisk } from './risks.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { ofRisk } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Escalates a finding, with what the person knows. @throws Problem not_found, transition_not_allowed */
export const escalateRisk = operation('escalateRisk', {
  kind: 'management',
  permission: { 'office auditor': everywhere, 'office security': everywhere, auditor: own, security: own },
  owner: ofRisk,
  run: (call, services) => {
    return decideRisk(call, services, 'escalate');
  },
});
