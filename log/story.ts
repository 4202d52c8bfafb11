/** Describes an entry of the log as text: the actor and the act, the case, the delivered data, and the decision. */
import { hubActs } from './hubActs.ts';
import type { Leaf } from './leaf.ts';
import type { Bilingual } from '../terms/bilingual.ts';
import { timeInChina } from '../terms/civilDate.ts';
import { sentenceOf } from '../terms/problemCatalogue.ts';
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

/** The department that acted. The consumer of a release is its caller; other kinds name as consumer the department that they concern. */
export function departmentOf({ kind, consumer, actor }: Leaf): string | undefined {
  const isCaller = kind === 'release' || kind === 'sandbox';
  return isCaller ? (consumer ?? actor.department) : actor.department;
}

/** The actor, as far as it was proven. */
export const whoOf = (leaf: Leaf): string | undefined =>
  departmentOf(leaf) ?? leaf.actor.person ?? leaf.actor.staff;

/** Department and person that acted; of a caller that proved neither, the department that it claimed. */
export function actorText(leaf: Leaf, names?: StoryNames): Bilingual {
  const { actor, claimedDepartment } = leaf;
  const department = named(names, 'department', departmentOf(leaf));
  const person = named(names, 'person', actor.person);
  const staff = actor.staff === 'hub' ? { zh: '枢纽', en: 'the hub' } : actor.staff;
  // a credential is named only where neither its department nor its person is known
  const proven = [department, person ?? (department === undefined ? staff : undefined)].flatMap((one) =>
    one === undefined ? [] : [both(one)],
  );
  if (proven.length > 0)
    return { zh: proven.map(({ zh }) => zh).join(' '), en: proven.map(({ en }) => en).join(', ') };
  const claimed = named(names, 'department', claimedDepartment);
  return claimed === undefined
    ? { zh: '身份未证实的调用方', en: 'a caller without proof of identity' }
    : {
        zh: `自称“${claimed}”、身份未证实的调用方`,
        en: `a caller that claimed to be ${claimed}, without proof`,
      };
}

const both = (text: string | Bilingual): Bilingual =>
  typeof text === 'string' ? { zh: text, en: text } : text;

/** The name of a code; the code where the reader knows none. */
const named = (
  names: StoryNames | undefined,
  kind: Parameters<StoryNames['nameOf']>[0],
  code: string | undefined,
): string | undefined => (code === undefined ? undefined : (names?.nameOf(kind, code) ?? code));

/** Kinds of many acts: the operation names the act. */
const manyActs: readonly Leaf['kind'][] = ['management', 'inspect'];

/** The act: of kinds with many acts the operation, by its name. @param names absent: the kind, with the code of the operation */
export function actText({ kind, operation }: Leaf, names?: StoryNames): Bilingual {
  const text = kinds[kind];
  if (names !== undefined && !manyActs.includes(kind)) return text;
  const name =
    names === undefined ? undefined : (names.nameOf('operation', operation) ?? own(hubActs, operation));
  const act = name === undefined ? undefined : both(name);
  if (act === undefined) return { zh: `${text.zh}（${operation}）`, en: `${text.en} (${operation})` };
  return { zh: `${kind === 'inspect' ? '查阅' : '办理'}“${act.zh}”`, en: `called “${act.en}”` };
}

const own = <T>(texts: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(texts, name) ? texts[name] : undefined;

/** A denial's code as text, if its sentence needs no parameters. */
export function outcomeOf({ decision, code }: Leaf): Bilingual {
  if (decision === 'allow') return { zh: '允许', en: 'allowed' };
  const sentence = code === undefined ? undefined : sentenceOf(code);
  return {
    zh: `拒绝（${code ?? ''}${sentence === undefined ? '' : `：${sentence.zh}`}）`,
    en: `denied (${code ?? ''}${sentence === undefined ? '' : `: ${sentence.en}`})`,
  };
}

/** The delivered fields, each with its mask. */
export const fieldsText = ({ fields = {} }: Leaf): string =>
  Object.entries(fields)
    .map(([field, mask]) => (mask === 'clear' ? field : `${field} (${mask})`))
    .join(', ');

/** What a reader knows: names for codes, and how they write a moment (RFC 3339). What has no name is shown by its code. */
export interface StoryNames {
  readonly nameOf: (
    kind: 'department' | 'purpose' | 'dataset' | 'operation' | 'person',
    code: string,
  ) => string | undefined;
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
  const dataset = named(names, 'dataset', leaf.dataset);
  const provider =
    names === undefined || dataset === undefined ? undefined : named(names, 'department', leaf.provider);
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
    part(named(names, 'dataset', synthetic?.dataset), {
      zh: '，数据资源 {} 的合成副本',
      en: ', the synthetic twin of {}',
    }),
    part(agreement, { zh: '，依据共享协议 {}', en: ', under agreement {}' }),
    part(named(names, 'purpose', leaf.purpose), { zh: '，使用场景 {}', en: ', for {}' }),
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

function headOf(index: number, leaf: Leaf, names: StoryNames | undefined): Bilingual {
  const [who, act] = [actorText(leaf, names), actText(leaf, names)];
  const at =
    names === undefined
      ? { zh: `第 ${index} 条  ${timeText(leaf.at)}  `, en: `entry ${index}  ${timeText(leaf.at)}  ` }
      : { zh: `${names.when(leaf.at)}，`, en: `${names.when(leaf.at)}: ` };
  return { zh: `${at.zh}${who.zh} ${act.zh}`, en: `${at.en}${who.en} ${act.en}` };
}

/** The delivered fields with their masks, by their names where there are any. */
export function deliveredFields(leaf: Leaf, names: StoryNames | undefined): Bilingual {
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
