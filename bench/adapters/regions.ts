import type { CodeList } from '../../schemas/codelists/codeList.ts';

/** Districts of the invented city, as the demo registers them. */
export const regions: CodeList = {
  id: 'demo.region',
  version: '1',
  supplements: 'gbt2260',
  title: { zh: '示例区划', en: 'demo regions' },
  entries: ['990100', '990101', '990102', '990103'].map((code) => ({ code, zh: code })),
};
