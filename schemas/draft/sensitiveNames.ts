/** Sensitivity of a column by its name alone. It can only be raised: values confirm it and never lower it. */
import type { Sensitivity } from '../datasetSchema.ts';

export interface Mark {
  readonly level: Sensitivity;
  readonly personal: 'none' | 'personal' | 'sensitive';
}

/** Words of names, strongest first. Health, belief, crime, biometrics and accounts are sensitive by PIPL art. 28. */
const rules: readonly (readonly [words: RegExp, level: Sensitivity, personal: Mark['personal']])[] = [
  [
    /诊断|病种|病名|病史|病情|疾病|症状|传染|残疾|伤残|残障|失能|精神|基因|指纹|人脸|虹膜|声纹|生物特征|宗教|信仰|犯罪|前科|刑罚|戒毒|吸毒/,
    'L4',
    'sensitive',
  ],
  [
    /diagnos|diseas|disab|fingerprint|face_?(id|image)|biometric|religi|criminal|^icd|^cj(r|dj|lb)/,
    'L4',
    'sensitive',
  ],
  [
    /就诊|住院|门诊|处方|手术|检验结果|体检|血型|药品|民族|婚姻|婚否|死亡|银行|开户|账号|帐号|账户|帐户|卡号|轨迹|行踪|低保|特困|救助|困难|孤儿|留守|政治面貌|党派/,
    'L3',
    'sensitive',
  ],
  [
    /nationality|^nation$|marital|marriage|deceas|death|bank|account_?no|hospital|^mz(dm)?$|^hy(zk)?(dm)?$/,
    'L3',
    'sensitive',
  ],
  [
    /身份证|公民身份|居民身份|证件号|证件编号|残疾人?证|居住证|学籍|驾驶证|驾照|社保|社会保障|医保|参保|护照|军官证|警官证|通行证|户口[本簿]|学号|考生号|准考证/,
    'L3',
    'personal',
  ],
  [
    /地址|住址|住所|坐落|门牌|手机|移动电话|联系电话|联系方式|电话|邮箱|微信|收入|工资|薪|缴费基数|养老金|津贴|纳税|余额|抵押|查封|车牌|号牌|照片|监护人/,
    'L3',
    'personal',
  ],
  [
    /id_?card|resident_?id|person_?id|passport|address|^addr|_addr|phone|mobile|e_?mail|income|salary|wage|plate_?no|guardian|social_?security|^sfz|^gmsfhm|^sjh|^lxdh|dz$|^zjhm$/,
    'L3',
    'personal',
  ],
  [
    /姓名|户主|权利人|代表人|法人代表|负责人|联系人|经办人|申请人|当事人|持证人|持有人|所有人|业主|患者|病人|学生|家长|父亲|母亲|配偶|子女|医师|医生|代理人|委托人|人(姓名|名称)?$/,
    'L2',
    'personal',
  ],
  [/出生|生日|年龄|学历|籍贯|职业|工作单位|户号|户籍|与.*关系/, 'L2', 'personal'],
  [
    /birth|^age$|_age$|^(person_?)?name$|full_?name|owner|applicant|spouse|patient|student|^xm$|_xm$|xm$|^csrq$|csrq$/,
    'L2',
    'personal',
  ],
  [/性别|^sex$|_sex$|gender|^xb(dm)?$/, 'L1', 'personal'],
];

/** The highest mark that any of a column's names requires; undefined when none does. @param names as the source writes them */
export function markOfNames(names: readonly string[]): Mark | undefined {
  const plain = names.map((name) => name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase());
  return rules
    .filter(([words]) => plain.some((name) => words.test(name)))
    .map(([, level, personal]): Mark => ({ level, personal }))
    .reduce<Mark | undefined>(higher, undefined);
}

const ranks = ['none', 'personal', 'sensitive'] as const;

/** The higher level and the stronger mark of two. */
export function higher(a: Mark | undefined, b: Mark | undefined): Mark | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return {
    level: a.level > b.level ? a.level : b.level,
    personal: ranks.indexOf(a.personal) > ranks.indexOf(b.personal) ? a.personal : b.personal,
  };
}
