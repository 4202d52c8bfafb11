/** Describes an entry of the log as text: the actor and the act, the case, the delivered data, and the decision. */
import type { Leaf } from './leaf.ts';
import type { Bilingual } from '../terms/bilingual.ts';
import { timeInChina } from '../terms/civilDate.ts';
import { isProblemCode, problemCatalogue } from '../terms/problemCatalogue.ts';
import { maskWords } from '../terms/requestForm/maskWords.ts';

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

/** The department that acted. The consumer of a consent is its recipient, not the department that registers it. */
const departmentOf = ({ kind, consumer, actor }: Leaf): string | undefined =>
  kind === 'consent' ? (actor.department ?? consumer) : (consumer ?? actor.department);

/** The actor, as far as it was proven. */
export const whoOf = (leaf: Leaf): string | undefined =>
  departmentOf(leaf) ?? leaf.actor.person ?? leaf.actor.staff;

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

/** What a reader knows: names for codes, and how they write a moment (RFC 3339). What has no name is shown by its code. */
export interface StoryNames {
  readonly nameOf: (kind: 'department' | 'purpose' | 'dataset', code: string) => string | undefined;
  /** @param schema the version that the entry names: entries of one dataset may have different versions */
  readonly fieldName: (schema: string | undefined, field: string) => string | undefined;
  readonly when: (at: string) => string;
}

/**
 * Who did what, when, on which basis, and what came of it.
 * @param attempt the person was named, and none of their data was delivered
 * @param names absent: codes, with the number of the entry and its operation
 */
export function storyOf(index: number, leaf: Leaf, attempt: boolean, names?: StoryNames): Bilingual {
  const { agreement, onBehalfOf, matter, rows, fact, subjects, synthetic } = leaf;
  const outcome = outcomeOf(leaf);
  const named = (kind: Parameters<StoryNames['nameOf']>[0], code: string | undefined): string | undefined =>
    code === undefined ? undefined : (names?.nameOf(kind, code) ?? code);
  const dataset = named('dataset', leaf.dataset);
  const provider =
    names === undefined || dataset === undefined ? undefined : named('department', leaf.provider);
  const fields = deliveredFields(leaf, names);
  const part = (value: string | undefined, text: Bilingual): Bilingual =>
    value === undefined || value === ''
      ? { zh: '', en: '' }
      : { zh: text.zh.replace('{}', () => value), en: text.en.replace('{}', () => value) };
  const parts = [
    part(onBehalfOf, { zh: '，经办人 {}', en: ', official {}' }),
    part(matter, { zh: '，办件 {}', en: ', case {}' }),
    part(dataset, { zh: '，数据资源 {}', en: ', dataset {}' }),
    part(provider, { zh: '（{}）', en: ' ({})' }),
    part(named('dataset', synthetic?.dataset), {
      zh: '，数据资源 {} 的合成副本',
      en: ', the synthetic twin of {}',
    }),
    part(agreement, { zh: '，依据共享协议 {}', en: ', under agreement {}' }),
    part(named('purpose', leaf.purpose), { zh: '，使用场景 {}', en: ', for {}' }),
    part(fact, { zh: '，核验事项 {}', en: ', asked the fact {}' }),
    { zh: `：${outcome.zh}`, en: `: ${outcome.en}` },
    fields.zh === '' ? fields : { zh: `；放出数据项 ${fields.zh}`, en: `; fields that left: ${fields.en}` },
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
  const head = headOf(index, leaf, names);
  return {
    zh: head.zh + parts.map(({ zh }) => zh).join(''),
    en: head.en + parts.map(({ en }) => en).join(''),
  };
}

/** Kinds of many acts: the operation names the act. */
const manyActs: readonly Leaf['kind'][] = ['management', 'inspect'];

function headOf(index: number, leaf: Leaf, names: StoryNames | undefined): Bilingual {
  const { kind, operation, at } = leaf;
  const { zh, en } = kinds[kind];
  const who = whoOf(leaf) ?? '–';
  if (names === undefined)
    return {
      zh: `第 ${index} 条  ${timeText(at)}  ${who} ${zh}（${operation}）`,
      en: `entry ${index}  ${timeText(at)}  ${who} ${en} (${operation})`,
    };
  const department = departmentOf(leaf);
  const name = department === undefined ? who : (names.nameOf('department', department) ?? department);
  const act = manyActs.includes(kind) ? operation : undefined;
  return {
    zh: `${names.when(at)}，${name} ${zh}${act === undefined ? '' : `（${act}）`}`,
    en: `${names.when(at)}: ${name} ${en}${act === undefined ? '' : ` (${act})`}`,
  };
}

/** The delivered fields with their masks, by their names where there are any. */
function deliveredFields(leaf: Leaf, names: StoryNames | undefined): Bilingual {
  const plain = fieldsText(leaf);
  if (names === undefined) return { zh: plain, en: plain };
  const described = Object.entries(leaf.fields ?? {}).map(([field, mask]) => {
    const name = names.fieldName(leaf.schema, field) ?? field;
    const title = Object.hasOwn(maskWords, mask) ? maskWords[mask] : undefined;
    return mask === 'clear'
      ? { zh: name, en: name }
      : { zh: `${name}（脱敏：${title?.zh ?? mask}）`, en: `${name} (masked: ${title?.en ?? mask})` };
  });
  return { zh: described.map(({ zh }) => zh).join('、'), en: described.map(({ en }) => en).join(', ') };
}
