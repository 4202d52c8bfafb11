import { decideRisk } from './decideRisk.ts';
import { everywhere } from '../../../domain/cells.ts';
import { ofRisk } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * A person has looked at a finding and says what it was. What one person escalated another one acknowledges.
 * @throws Problem not_found, four_eyes, transition_not_allowed
 */
export const acknowledgeRisk = operation('acknowledgeRisk', {
  kind: 'management',
  permission: { 'office auditor': everywhere, 'office security': everywhere },
  owner: ofRisk,
  run: (call, services) => {
    return decideRisk(call, services, 'acknowledge');
  },
});
