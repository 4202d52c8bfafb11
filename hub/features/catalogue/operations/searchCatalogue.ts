import { soughtIn, synonymList, synonymsOf, type Synonyms } from '../../../domain/catalogue.ts';
import type { CodeLists } from '../../../../schemas/codelists/codeLists.ts';
import { pageCatalogue } from '../../../registry/store/pageCatalogue.ts';
import { listed, moment, names, oneMore, pageAsked } from '../../common/listing.ts';
import type { EntryBody } from './derived.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/catalogue: what there is, the best first. What is not shared says why; its rows are another matter. */
export const searchCatalogue = operation('searchCatalogue', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { database, registry }) => {
    const { q, department, category, sharing, frequency, tag, since } = call.query;
    const { after, most } = pageAsked(call.query, names.ranked);
    const [rank = '', id = ''] = after?.split('~') ?? [];
    const sought =
      q === undefined ? undefined : soughtIn(q, synonymsIn(registry.current.surroundings.codeLists));
    const rows =
      // a question without a letter finds nothing
      sought?.runs.length === 0
        ? []
        : await pageCatalogue(database.app, {
            ...oneMore({ after, most }),
            after: after === undefined ? undefined : { rank: Number(rank), id },
            ...{ sought, department, category, sharing, frequency, tag, since },
            dataClass: call.query.class,
            linking: call.query.linking,
          });
    return listed(
      call,
      'entries',
      { after, most },
      rows,
      (row) => `${row.rank}~${row.id}`,
      ({ id: entry, titleZh, titleEn, registeredAt, updated, ...row }) => ({
        ...{ id: entry, revision: row.revision, department: row.department },
        title: { zh: titleZh, en: titleEn },
        ...{
          category: row.category,
          sharing: row.sharing as EntryBody['sharing']['type'],
          datasets: row.datasets,
        },
        ...basisOf(row.document as EntryBody),
        ...{
          updateFrequency: row.updateFrequency as EntryBody['updateFrequency'],
          dataClass: row.dataClass as EntryBody['dataClass'],
        },
        registeredAt: moment(registeredAt),
        ...(updated === null ? {} : { updatedAt: moment(updated) }),
      }),
    );
  },
});

const compiled = new WeakMap<CodeLists, Synonyms>();

/** The city's synonyms: the newest version of the list, with what supplements it. */
function synonymsIn(lists: CodeLists): Synonyms {
  const known = compiled.get(lists);
  if (known !== undefined) return known;
  const made = synonymsOf(lists.few(synonymList) ?? lists.list(synonymList)?.entries ?? []);
  compiled.set(lists, made);
  return made;
}

/** By which law it is not shared. */
const basisOf = ({ sharing: { basis } }: EntryBody) => (basis === undefined ? {} : { basis });
