/** Describes an entry of the log as text: the actor and the act, the case, the delivered data, and the decision. */
import type { Leaf } from './leaf.ts';
import type { Bilingual } from '../terms/bilingual.ts';
import { timeInChina } from '../terms/civilDate.ts';
import { isProblemCode, problemCatalogue } from '../terms/problemCatalogue.ts';

const kinds: Readonly<Record<Leaf['kind'], Bilingual>> = {
  genesis: { zh: '日志开始', en: 'the log begins' },
  release: { zh: '请求数据', en: 'requested data' },
  intake: { zh: '报送数据', en: 'submitted data' },
  return: { zh: '取回问题数据', en: 'took back quarantined rows' },
  retire: { zh: '销毁数据', en: 'destroyed data' },
  consent: { zh: '登记个人同意或撤回', en: 'registered a consent or its withdrawal' },
  inspect: { zh: '查阅', en: 'viewed records' },
  sandbox: { zh: '联调取合成数据', en: 'requested synthetic rows' },
  management: { zh: '管理操作', en: 'an act of management' },
  overload: { zh: '过载时拒绝', en: 'refused under overload' },
};

/** China time, to the second; an invalid time unchanged. */
export function timeText(at: string): string {
  return Number.isNaN(Date.parse(at)) ? at : timeInChina(at);
}

/** The actor, as far as it was proven. */
export const whoOf = ({ consumer, actor }: Leaf): string =>
  consumer ?? actor.department ?? actor.person ?? actor.staff ?? '–';

/** A denial's code as text, if its sentence needs no parameters. */
export function outcomeOf({ decision, code }: Leaf): Bilingual {
  if (decision === 'allow') return { zh: '允许', en: 'allowed' };
  const text = code !== undefined && isProblemCode(code) ? problemCatalogue[code].text : undefined;
  const said = text === undefined || text.en.includes('{') ? undefined : text;
  return {
    zh: `拒绝（${code ?? ''}${said === undefined ? '' : `：${said.zh}`}）`,
    en: `denied (${code ?? ''}${said === undefined ? '' : `: ${said.en}`})`,
  };
}

/** The delivered fields, each with its mask. */
export const fieldsText = ({ fields = {} }: Leaf): string =>
  Object.entries(fields)
    .map(([field, mask]) => (mask === 'clear' ? field : `${field} (${mask})`))
    .join(', ');

/** @param attempt the person was named, and none of their data was delivered */
export function storyOf(index: number, leaf: Leaf, attempt: boolean): Bilingual {
  const {
    kind,
    operation,
    dataset,
    agreement,
    purpose,
    onBehalfOf,
    matter,
    rows,
    fact,
    subjects,
    synthetic,
  } = leaf;
  const who = whoOf(leaf);
  const outcome = outcomeOf(leaf);
  const fields = fieldsText(leaf);
  const part = (value: string | undefined, text: Bilingual): Bilingual =>
    value === undefined || value === ''
      ? { zh: '', en: '' }
      : { zh: text.zh.replace('{}', value), en: text.en.replace('{}', value) };
  const parts = [
    part(onBehalfOf, { zh: '，经办人 {}', en: ', official {}' }),
    part(matter, { zh: '，办件 {}', en: ', case {}' }),
    part(dataset, { zh: '，数据资源 {}', en: ', dataset {}' }),
    part(synthetic?.dataset, { zh: '，数据资源 {} 的合成副本', en: ', the synthetic twin of {}' }),
    part(agreement, { zh: '，依据共享协议 {}', en: ', under agreement {}' }),
    part(purpose, { zh: '，使用场景 {}', en: ', for {}' }),
    part(fact, { zh: '，核验事项 {}', en: ', asked the fact {}' }),
    { zh: `：${outcome.zh}`, en: `: ${outcome.en}` },
    part(fields, { zh: '；放出数据项 {}', en: '; fields that left: {}' }),
    part(rows === undefined ? undefined : String(rows.delivered), { zh: '；{} 行', en: '; {} rows' }),
    part(synthetic?.rows === undefined ? undefined : String(synthetic.rows), {
      zh: '；合成数据 {} 行，不涉及任何人',
      en: '; {} invented rows about no real person',
    }),
    part(subjects === undefined ? undefined : String(subjects.count), {
      zh: '；涉及主体 {} 个',
      en: '; about {} persons or organisations',
    }),
    part(attempt ? 'x' : undefined, {
      zh: '；查而未得',
      en: '; named the person and received none of their data',
    }),
  ];
  return {
    zh: `第 ${index} 条  ${timeText(leaf.at)}  ${who} ${kinds[kind].zh}（${operation}）${parts.map(({ zh }) => zh).join('')}`,
    en: `entry ${index}  ${timeText(leaf.at)}  ${who} ${kinds[kind].en} (${operation})${parts.map(({ en }) => en).join('')}`,
  };
}
