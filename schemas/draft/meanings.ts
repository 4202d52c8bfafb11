/** Possible meanings of a column beyond its type: a format with a check digit, a code list, a semantic tag. */
import type { Bilingual } from '../../terms/bilingual.ts';
import { cnAdminCode } from '../formats/cnAdminCode.ts';
import { cnBankCard } from '../formats/cnBankCard.ts';
import { cnMobile } from '../formats/cnMobile.ts';
import { cnResidentId } from '../formats/cnResidentId.ts';
import { cnUscc } from '../formats/cnUscc.ts';
import type { Mark } from './sensitiveNames.ts';

export interface Meaning {
  /** names and titles that suggest it */
  readonly names: RegExp;
  /** test of its values; absent where values give no indication */
  readonly holds?: (text: string) => boolean;
  /** number of values that suggest it without a name, so that coincidence is unlikely */
  readonly byValues?: number;
  readonly schema: Readonly<Record<string, unknown>>;
  /** code list that contains the values */
  readonly list?: string;
  readonly mark?: Mark;
  readonly what: Bilingual;
}

const tagged = (format: string): Readonly<Record<string, unknown>> => ({
  type: 'string',
  format,
  'x-semantic': format.replace('cn-', 'cn.'),
});
const text = { type: 'string' };

export const meanings: readonly Meaning[] = [
  {
    names:
      /(身份证(件?号|号码|编号)?|公民身份证?(号|号码)|证件号码?|id_?card(_?(no|num(ber)?))?|resident_?id|person_?id|sfz(h|hm|jh|jhm)?|gmsfhm)$/i,
    holds: (value) => cnResidentId(value) === undefined,
    byValues: 5,
    schema: tagged('cn-resident-id'),
    mark: { level: 'L3', personal: 'personal' },
    what: { zh: '公民身份号码', en: 'citizen identity number' },
  },
  {
    names: /统一社会信用|信用代码|uscc|tyshxydm|credit_?code/i,
    holds: (value) => cnUscc(value) === undefined,
    byValues: 5,
    schema: tagged('cn-uscc'),
    what: { zh: '统一社会信用代码', en: 'unified social credit code' },
  },
  {
    names: /手机|移动电话|联系电话|mobile|phone|sjh/i,
    holds: (value) => cnMobile(value) === undefined,
    byValues: 20,
    schema: tagged('cn-mobile'),
    mark: { level: 'L3', personal: 'personal' },
    what: { zh: '手机号码', en: 'mobile number' },
  },
  {
    names: /银行卡|银行账号|银行帐号|卡号|bank_?(card|account)/i,
    holds: (value) => cnBankCard(value) === undefined,
    byValues: 20,
    schema: tagged('cn-bank-card'),
    mark: { level: 'L3', personal: 'sensitive' },
    what: { zh: '银行卡号', en: 'bank card number' },
  },
  {
    names: /行政区划|区划代码|xzqh|region_?code|area_?code|adcode/i,
    holds: (value) => cnAdminCode(value) === undefined,
    schema: tagged('cn-admin-code'),
    list: 'gbt2260',
    what: { zh: '行政区划代码（GB/T 2260）', en: 'administrative division (GB/T 2260)' },
  },
  {
    names: /性别|^sex$|gender|^xb$|xbdm/i,
    schema: text,
    list: 'gbt2261',
    mark: { level: 'L1', personal: 'personal' },
    what: { zh: '性别代码（GB/T 2261.1）', en: 'sex (GB/T 2261.1)' },
  },
  {
    names: /民族|nation(ality)?$|^mz$|mzdm/i,
    schema: text,
    list: 'gbt3304',
    mark: { level: 'L3', personal: 'sensitive' },
    what: { zh: '民族代码（GB/T 3304）', en: 'nationality (GB/T 3304)' },
  },
  {
    names: /行业(代码|分类)|industry|hydm/i,
    schema: text,
    list: 'gbt4754',
    what: { zh: '行业代码（GB/T 4754）', en: 'industry (GB/T 4754)' },
  },
  {
    names: /姓名$|^(户主|法定代表人|联系人|监护人|负责人|权利人|申请人|经办人)$|^(person_?)?name$|^xm$|xm$/i,
    holds: (value) => /^[\p{Script=Han}·A-Za-z .’'-]{2,30}$/u.test(value),
    schema: { ...text, 'x-semantic': 'person.name' },
    mark: { level: 'L2', personal: 'personal' },
    what: { zh: '姓名', en: 'name of a person' },
  },
  {
    names: /地址|住址|住所|坐落|address|dz$/i,
    schema: { ...text, 'x-semantic': 'address.full' },
    mark: { level: 'L3', personal: 'personal' },
    what: { zh: '地址', en: 'address' },
  },
];
