/** What the compiler refuses in an operation. `npm run check types` fails where one of these lines compiles. */
import { everyone } from '../../hub/domain/cells.ts';
import { allowed, unlogged } from '../../hub/pipeline/call.ts';
import { ofDataset, ofRisk, self } from '../../hub/pipeline/ownership.ts';
import { operation } from '../../hub/features/common/operation.ts';

const kind = 'inspect';
const permission = everyone;
const health = () => unlogged<'healthz'>(200, { status: 'ok', checks: {} });

// @ts-expect-error an operation that openapi.yaml does not have
operation('listRisk', { kind, permission, owner: self, run: health });
// @ts-expect-error an operation of the staff listener without a permission
operation('listRisks', { kind, owner: self, run: health });
// @ts-expect-error an operation of the staff listener without an owner
operation('listRisks', { kind, permission, run: health });
// @ts-expect-error its path names no dataset
operation('showRisk', { kind, permission, owner: ofDataset, run: health });
operation('showRisk', { kind, permission, owner: ofRisk, run: health });
operation('listRisks', {
  kind,
  permission,
  owner: self,
  run: ({ query, caller }) => {
    // @ts-expect-error a query parameter that it does not have
    void query.rules;
    // @ts-expect-error a rule that openapi.yaml does not have
    void (query.rule === 'no-such-rule');
    // @ts-expect-error only persons call it: no certificate
    void caller.certificate;
    return health();
  },
});
operation('acknowledgeRisk', {
  kind: 'management',
  permission,
  owner: ofRisk,
  run: ({ body, params }) => {
    // @ts-expect-error a member that its body does not have
    void body.reasons;
    // @ts-expect-error a path parameter that it does not have
    void params.dataset;
    return health();
  },
});
// @ts-expect-error a status that it does not answer
allowed<'showRisk'>(201, {}, { facts: {} });
// @ts-expect-error a body without its members
allowed<'showRisk'>(200, { id: 'a' }, { facts: {} });
// @ts-expect-error without the name of the operation nothing is known of its reply
allowed(200, {}, { facts: {} });
