/**
 * The catalogue as DCAT 3 (W3C, 2024) in JSON-LD, by the profile DCAT-AP 3, for import by another catalogue. Values for which the profile
 * has authority tables are named by them.
 */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { sharingTypes } from './entryWords.ts';
import type { CatalogueShown } from './csvRow.ts';

/** `DepartmentView` of openapi.yaml. */
export interface CatalogueDepartment {
  readonly code: string;
  readonly name: Bilingual;
  readonly dataOffice: boolean;
}

const context = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  prov: 'http://www.w3.org/ns/prov#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
};

const authority = 'http://publications.europa.eu/resource/authority/';
/** By update cycle: codes of the authority table of frequencies. */
const frequencies: Readonly<Record<string, string>> = {
  realtime: 'UPDATE_CONT',
  hourly: 'HOURLY',
  daily: 'DAILY',
  weekly: 'WEEKLY',
  monthly: 'MONTHLY',
  quarterly: 'QUARTERLY',
  'half-yearly': 'ANNUAL_2',
  yearly: 'ANNUAL',
  irregular: 'IRREG',
};
/** By 开放属性, which defines access for the public; the statement of rights defines access for departments. */
const access: Readonly<Record<string, string>> = {
  open: 'PUBLIC',
  conditional: 'RESTRICTED',
  closed: 'NON_PUBLIC',
};

type Node = Readonly<Record<string, unknown>>;

const inBoth = ({ zh, en }: Bilingual): readonly Node[] => [
  { '@value': zh, '@language': 'zh' },
  { '@value': en, '@language': 'en' },
];
const inChinese = (text: string): Node => ({ '@value': text, '@language': 'zh' });
const typed = (id: string, type: string): Node => ({ '@id': id, '@type': type });

/**
 * @param shown entries with the datasets that are linked to them @param departments of the hub: providers, and the data office, which publishes
 * @returns one JSON-LD document; nodes are named by URNs of this hub, so that the same entry has the same name in every export
 */
export function dcatCatalogue(
  shown: readonly CatalogueShown[],
  departments: readonly CatalogueDepartment[],
): Node {
  const agents = new Map(departments.map(({ code, name }) => [code, inBoth(name)]));
  const agent = (code: string): Node => ({
    ...typed(`urn:datong:dept:${code}`, 'foaf:Agent'),
    'foaf:name': agents.get(code) ?? [inChinese(code)],
  });
  const office = departments.find(({ dataOffice }) => dataOffice);
  const title = { zh: '政务数据目录', en: 'Catalogue of government data' };
  const abstract = {
    zh: '各部门共享和不予共享的数据资源',
    en: 'what departments share, and what they do not',
  };
  const hub = {
    ...typed('urn:datong:hub', 'foaf:Agent'),
    'foaf:name': inBoth({ zh: '数据共享枢纽', en: 'data-exchange hub' }),
  };
  return {
    '@context': context,
    ...typed('urn:datong:catalogue', 'dcat:Catalog'),
    'dct:title': inBoth(title),
    'dct:description': inBoth(abstract),
    'dct:publisher': office === undefined ? hub : agent(office.code),
    'dcat:dataset': shown.map((one) => datasetOf(one, agent(one.department))),
  };
}

function datasetOf({ entry, revision, datasets }: CatalogueShown, publisher: Node): Node {
  const { sharing, category } = entry;
  const terms = sharing.conditions ?? sharing.basis;
  const rights = `${sharingTypes[sharing.type] ?? sharing.type}${terms === undefined ? '' : `：${terms}`}`;
  return {
    ...typed(`urn:datong:entry:${entry.id}`, 'dcat:Dataset'),
    'dct:identifier': entry.id,
    'dcat:version': String(revision),
    'dct:title': inBoth(entry.title),
    'dct:description': inBoth(entry.abstract),
    'dct:publisher': publisher,
    'dcat:contactPoint': { '@type': 'vcard:Kind', 'vcard:fn': entry.office, 'vcard:note': entry.contact },
    'dcat:keyword': (entry.keywords ?? []).map(inChinese),
    'dcat:theme': {
      ...typed(`urn:datong:class:${category}`, 'skos:Concept'),
      'skos:prefLabel': category,
      'skos:notation': category,
    },
    ...named('dct:accrualPeriodicity', 'frequency', frequencies[entry.updateFrequency], 'dct:Frequency'),
    ...named('dct:accessRights', 'access-right', access[entry.openness], 'dct:RightsStatement'),
    'dct:rights': { '@type': 'dct:RightsStatement', 'rdfs:label': inChinese(rights) },
    'dct:provenance': { '@type': 'dct:ProvenanceStatement', 'rdfs:label': inChinese(entry.sourceSystem) },
    'dcat:distribution': datasets.flatMap(({ dataset, state, schema }) =>
      state === 'retired' ? [] : [distributionOf(dataset, schema)],
    ),
  };
}

const named = (property: string, table: string, code: string | undefined, type: string): Node =>
  code === undefined ? {} : { [property]: typed(`${authority}${table}/${code}`, type) };

/** The address depends on the hub that a consumer is connected to: this names the dataset, and no listener. */
const distributionOf = (dataset: string, schema: string | undefined): Node => ({
  ...typed(`urn:datong:distribution:${dataset}`, 'dcat:Distribution'),
  'dct:title': dataset,
  'dcat:accessURL': { '@id': `urn:datong:dataset:${dataset}` },
  ...(schema === undefined ? {} : { 'dct:conformsTo': typed(schema, 'dct:Standard') }),
});
