import { visibility } from '../../../../policies/questions/visibility.ts';
import { listed, names, oneMore, pageAsked } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const permission = seen;

/** GET /v1/policy/visibility: who sees which field, and how, off the table that calls are decided by. */
export const listVisible = operation('listVisible', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { registry }) => {
    const page = pageAsked(call.query, names.index);
    const reach = reachOf(permission, call.caller);
    await registry.refresh();
    const { dataset, field, consumer } = call.query;
    const asked = {
      ...(dataset === undefined ? {} : { dataset }),
      ...(field === undefined ? {} : { field }),
      ...(consumer === undefined ? {} : { consumer }),
    };
    const cells = visibility(registry.current.plans, asked, call.now).filter(
      (cell) =>
        reach?.some((own) => own === cell.provider || own === cell.consumer || own === cell.principal) ??
        true,
    );
    const from = Number(page.after ?? 0);
    const rows = cells
      .slice(from, from + oneMore(page).most)
      .map((cell, at) => ({ cell, next: from + at + 1 }));
    return listed(
      call,
      'cells',
      page,
      rows,
      ({ next }) => String(next),
      ({ cell: { agreement, provider, consumer: reader, principal, purpose, ...cell } }) => ({
        ...{ agreement, provider, consumer: reader, purpose, dataset: cell.dataset, field: cell.field },
        ...(principal === undefined ? {} : { principal }),
        ...{
          access: cell.access,
          mask: cell.mask,
          floors: cell.floors,
          active: cell.active,
          until: cell.until,
        },
      }),
    );
  },
});
