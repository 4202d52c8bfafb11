import { leastYears, retentionClasses, type RetentionClass } from '../../../../log/retention.ts';
import { provenOrders, provenRules } from '../../../log/retention/provenRules.ts';
import { allowed } from '../../../pipeline/call.ts';
import { countDestructions, listRules } from '../../../log/store/retention.ts';
import { destructionUnit } from '../../../../log/destruction.ts';
import { namesBeside } from '../../common/namesBeside.ts';
import { overseen } from '../../../domain/cells.ts';
import { ofOffice } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** The rules by which entries of the log are kept, until when two persons let go what is over, and how much went. */
export const showRetention = operation('showRetention', {
  kind: 'inspect',
  permission: overseen,
  owner: ofOffice,
  run: async (_call, services) => {
    const { app } = services.database;
    const { rules, doubted } = await provenRules(services);
    const rows = new Map((await listRules(app)).map((row) => [row.id, row]));
    const [order] = await provenOrders(services);
    const { units, stays } = await countDestructions(app);
    const listed = new Set([...retentionClasses, ...rules.keys()]);
    return allowed<'showRetention'>(
      200,
      {
        leastYears,
        rules: [...listed].map((id) => {
          const [kept = '', dataset] = id.split('@');
          const years = rules.get(id);
          const row = rows.get(id);
          return {
            class: kept as RetentionClass,
            ...(dataset === undefined ? {} : { dataset }),
            ...(years === undefined ? {} : { years }),
            ...(row === undefined
              ? {}
              : {
                  ...{ reason: row.reason, author: row.author, approver: row.approver },
                  ...namesBeside(services.identity, { author: row.author, approver: row.approver }),
                }),
            ...(doubted.includes(id) ? { doubted: true } : {}),
          };
        }),
        ...(order === undefined ? {} : { before: new Date(order.before).toISOString() }),
        destroyed: units * destructionUnit - stays,
      },
      { facts: { change: { rules: rules.size } } },
    );
  },
});
