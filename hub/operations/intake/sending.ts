import { rereadingWalks, sendingWalks } from '../../exchange/walks.ts';
import type { IntakeServices } from '../../exchange/intake/services.ts';
import type { StaffOperation } from '../../domain/permissions.ts';
import type { OperationRow, OperationRows } from '../../gate/bindRows.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { permitBody, permitted } from '../permitted.ts';
import type { Services } from '../services.ts';

/**
 * The walks by which a person sends her department's files in a browser, or has stored ones read again, behind the table of who may do what:
 * also before a body is read.
 */
export const sending = (intake: IntakeServices): OperationRows<StaffCaller, Services> =>
  Object.fromEntries(
    Object.entries<OperationRow<StaffCaller, IntakeServices>>({ ...sendingWalks, ...rereadingWalks }).map(
      ([id, { kind, run, admit }]) => {
        const name = id as StaffOperation;
        const row: OperationRow<StaffCaller, Services> = {
          kind,
          run: permitted(name, (call) => run(call, intake)),
          ...(admit === undefined
            ? {}
            : {
                admit: async (call, services) => {
                  await permitBody(name, call, services);
                  await admit(call, intake);
                },
              }),
        };
        return [id, row];
      },
    ),
  );
