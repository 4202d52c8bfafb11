/** Titles of masks on printed forms. Written by `npm run generate` from policies/masks/catalogue.ts. */
import type { Bilingual } from '../bilingual.ts';

export const maskWords: Readonly<Record<string, Bilingual>> = {
  clear: { zh: '原值', en: 'clear' },
  personName: { zh: '姓名', en: 'personal name' },
  keep: { zh: '保留首尾', en: 'keep head and tail' },
  idCard: { zh: '身份证号', en: 'resident id number' },
  phone: { zh: '电话号码', en: 'phone number' },
  bankCard: { zh: '银行卡号', en: 'bank card number' },
  plate: { zh: '车牌号', en: 'number plate' },
  email: { zh: '电子邮箱', en: 'e-mail address' },
  address: { zh: '地址', en: 'address' },
  dateTrunc: { zh: '日期截断', en: 'truncated date' },
  ageBand: { zh: '年龄段', en: 'age band' },
  floorTo: { zh: '向下取整', en: 'floor to a step' },
  band: { zh: '区间', en: 'band' },
  pseudonym: { zh: '假名', en: 'pseudonym' },
  redactText: { zh: '文本遮盖', en: 'redacted text' },
  geoGrid: { zh: '位置网格', en: 'grid cell of a place' },
  stripMetadata: { zh: '去除图片元数据', en: 'image without metadata' },
  maxEdge: { zh: '缩小图片', en: 'smaller image' },
  presence: { zh: '有无', en: 'presence' },
  fixed: { zh: '固定值', en: 'fixed' },
  nullify: { zh: '置空', en: 'nullify' },
  drop: { zh: '移除', en: 'drop' },
};
