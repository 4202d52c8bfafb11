/** A dataset in the catalogue, shared unconditionally. */

/** @param more what the entry says otherwise */
export const entryOf = (dataset: string, more: object = {}): object => ({
  id: dataset,
  title: { zh: dataset, en: dataset },
  abstract: { zh: '虚构', en: 'invented' },
  category: '1/1',
  sharing: { type: 'unconditional', manner: 'interface' },
  openness: 'closed',
  sourceSystem: '业务系统',
  updateFrequency: 'irregular',
  office: '数据处',
  contact: '内线 0000',
  dataClass: 'general',
  datasets: [dataset],
  ...more,
});
