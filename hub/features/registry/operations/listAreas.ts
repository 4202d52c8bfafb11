import { defined } from '../../../../terms/defined.ts';
import { maxOfList, positionsOf } from '../../../../schemas/places/areaFault.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { listed, names, oneMore, requestedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';

/**
 * GET /v1/areas: codes with an outline, of the newest version of each registered list, by list and code. A page also ends before its
 * outlines have more positions than one list may have.
 * @throws Problem cursor_invalid
 */
export const listAreas = operation('listAreas', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: (call, { registry }) => {
    const { list: wanted } = call.query;
    const { codeLists, surroundings } = registry.current;
    const page = oneMore(requestedPage(call.query, names.area));
    const ids = [...new Set(codeLists.lists.map(({ id }) => id))];
    const areas = ids
      .filter((id) => wanted === undefined || wanted === id)
      .flatMap((id) => surroundings.codeLists.list(id) ?? [])
      .flatMap(({ id, version, entries }) =>
        entries.flatMap(({ code, zh, en, area }) =>
          area === undefined ? [] : [{ name: `${id}~${code}`, list: id, version, code, zh, en, area }],
        ),
      )
      .filter(({ name }) => page.after === undefined || name > page.after)
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .slice(0, page.maxRows);
    let positions = 0;
    const fitting = areas.findIndex(({ area }) => (positions += positionsOf(area)) > maxOfList);
    const maxAreas = Math.min(page.maxRows - 1, fitting === -1 ? areas.length : Math.max(1, fitting));
    return listed(
      call,
      'features',
      { after: page.after, maxRows: maxAreas },
      areas,
      ({ name }) => name,
      ({ list, version, code, zh, en, area }) => ({
        type: 'Feature' as const,
        properties: { list, version, code, zh, ...defined({ en }) },
        geometry: area,
      }),
      { type: 'FeatureCollection' },
    );
  },
});
