import { everyone } from '../../../domain/cells.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { defined } from '../../../../terms/defined.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/areas: codes with an outline, of the newest version of each registered list. */
export const listAreas = operation('listAreas', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: (call, { registry }) => {
    const { list: wanted } = call.query;
    const { codeLists, surroundings } = registry.current;
    const ids = [...new Set(codeLists.lists.map(({ id }) => id))].toSorted();
    const features = ids
      .filter((id) => wanted === undefined || wanted === id)
      .flatMap((id) => surroundings.codeLists.list(id) ?? [])
      .flatMap(({ id, version, entries }) =>
        entries.flatMap(({ code, zh, en, area }) =>
          area === undefined
            ? []
            : [
                {
                  type: 'Feature' as const,
                  properties: { list: id, version, code, zh, ...defined({ en }) },
                  geometry: area,
                },
              ],
        ),
      );
    return allowed<'listAreas'>(
      200,
      { type: 'FeatureCollection', features },
      { facts: { change: { areas: features.length } } },
    );
  },
});
