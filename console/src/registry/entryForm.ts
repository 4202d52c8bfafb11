/** An entry of the catalogue as it is typed, and as the hub takes it. */
import type { Schemas } from '../api/call.ts';

type CatalogueEntry = Schemas['CatalogueEntry'];

/** Each choice is '' until it is made. */
export interface TypedEntry {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
  readonly abstractZh: string;
  readonly abstractEn: string;
  /** one a line */
  readonly keywords: string;
  readonly category: string;
  readonly sharing: '' | CatalogueEntry['sharing']['type'];
  readonly conditions: string;
  readonly basis: string;
  readonly manner: '' | CatalogueEntry['sharing']['manner'];
  readonly openness: '' | CatalogueEntry['openness'];
  readonly sourceSystem: string;
  readonly updateFrequency: '' | CatalogueEntry['updateFrequency'];
  readonly office: string;
  readonly contact: string;
  readonly dataClass: '' | CatalogueEntry['dataClass'];
  /** ids, one a line */
  readonly datasets: string;
  readonly sameData: string;
}

const empty: TypedEntry = {
  id: '',
  zh: '',
  en: '',
  abstractZh: '',
  abstractEn: '',
  keywords: '',
  category: '',
  sharing: '',
  conditions: '',
  basis: '',
  manner: '',
  openness: '',
  sourceSystem: '',
  updateFrequency: '',
  office: '',
  contact: '',
  dataClass: '',
  datasets: '',
  sameData: '',
};

/** An entry for a dataset begins with what is registered of the dataset. */
export function entryFor(dataset: Schemas['DatasetView'] | undefined): TypedEntry {
  if (dataset === undefined) return empty;
  const { id, title, sharing } = dataset;
  const { zh, en } = title;
  return { ...empty, id, zh, en, sharing: sharing.type, conditions: sharing.conditions ?? '', datasets: id };
}

/** A revision begins with the entry. */
export function typedEntry(entry: CatalogueEntry): TypedEntry {
  const { title, abstract, keywords = [], sharing, datasets = [], sameData = '', ...others } = entry;
  return {
    ...others,
    zh: title.zh,
    en: title.en,
    abstractZh: abstract.zh,
    abstractEn: abstract.en,
    keywords: keywords.join('\n'),
    sharing: sharing.type,
    conditions: sharing.conditions ?? '',
    basis: sharing.basis ?? '',
    manner: sharing.manner,
    datasets: datasets.join('\n'),
    sameData,
  };
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** @returns undefined where a choice is missing */
export function entryOf(typed: TypedEntry): CatalogueEntry | undefined {
  const { zh, en, abstractZh, abstractEn, sharing, conditions, basis, manner, ...more } = typed;
  const { keywords, datasets, sameData, openness, updateFrequency, dataClass, ...others } = more;
  if (sharing === '' || manner === '' || openness === '' || updateFrequency === '' || dataClass === '')
    return undefined;
  return {
    ...others,
    openness,
    updateFrequency,
    dataClass,
    title: { zh, en },
    abstract: { zh: abstractZh, en: abstractEn },
    sharing: {
      type: sharing,
      manner,
      // of each kind of sharing only what belongs to it
      ...(sharing === 'conditional' ? { conditions } : {}),
      ...(sharing === 'none' ? { basis } : {}),
    },
    ...(keywords.trim() === '' ? {} : { keywords: linesOf(keywords) }),
    ...(datasets.trim() === '' ? {} : { datasets: linesOf(datasets) }),
    ...(sameData.trim() === '' ? {} : { sameData }),
  };
}
