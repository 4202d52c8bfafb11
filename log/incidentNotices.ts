/**
 * Drafts of the notices after an incident (PIPL art. 57): to the authority, and to the persons. Facts that the log does not contain are
 * left blank.
 */
import { asIs, type Bilingual } from '../terms/bilingual.ts';
import { maskWords } from '../terms/requestForm/maskWords.ts';
import { missingText, type Missing } from './missing.ts';
import { timeText } from './story.ts';

/** As returned by the hub, with the question. */
export interface Incident extends Missing {
  readonly case: string;
  readonly from: string;
  readonly until: string;
  readonly entries: number;
  readonly subjects: number;
  readonly recipients: readonly {
    readonly department: string;
    readonly calls: number;
    readonly rows: number;
    readonly fields: readonly string[];
    readonly agreements: readonly string[];
  }[];
  /** titles of fields, by name; a field without one is named as it is */
  readonly titles?: Readonly<Record<string, Bilingual>>;
  /** names of departments, by code */
  readonly names?: Readonly<Record<string, Bilingual>>;
  /** of a question about a batch; moments RFC 3339 */
  readonly batch?: {
    readonly id: string;
    readonly dataset: string;
    readonly from?: string;
    readonly until?: string;
    readonly perhaps: readonly string[];
  };
}

/** The time during which a batch's rows were available, and who may have received some of them later. */
export function ofBatch({ id, dataset, from, until, perhaps }: NonNullable<Incident['batch']>): Bilingual {
  if (from === undefined)
    return {
      zh: `批次 ${id}（${dataset}）从未用于答复`,
      en: `nothing of batch ${id} (${dataset}) was ever answered with`,
    };
  const later = perhaps.join(' ');
  return {
    zh: `批次 ${id}（${dataset}）在用时间：${timeText(from)} – ${until === undefined ? '至今' : timeText(until)}（北京时间）${later === '' ? '' : `；其后续页仍可能取得其行的部门：${later}`}`,
    en: `batch ${id} (${dataset}) was current from ${timeText(from)} to ${until === undefined ? 'now' : timeText(until)} (China)${later === '' ? '' : `; continued pages may have had rows of it later: ${later}`}`,
  };
}

const span = ({ from, until }: Incident): string => `${timeText(from)} – ${timeText(until)}`;
type Language = 'zh' | 'en';
const own = (of: Readonly<Record<string, Bilingual>> | undefined, name: string): Bilingual =>
  (of !== undefined && Object.hasOwn(of, name) ? of[name] : undefined) ?? asIs(name);

/** Fields that left, in the words of their schema. @param fields `name mask` each @param masks how each was masked, too */
export function releasedFields(
  { titles }: Pick<Incident, 'titles'>,
  fields: readonly string[],
  language: Language,
  masks: boolean,
): string {
  const all = [...new Set(fields)].sort().map((one) => {
    const [field = '', mask = ''] = one.split(' ');
    const title = own(titles, field)[language];
    if (!masks || mask === '') return title;
    const how = own(mask === 'fact' ? factWord : maskWords, mask)[language];
    return language === 'zh' ? `${title}（${how}）` : `${title} (${how})`;
  });
  return [...new Set(all)].join(language === 'zh' ? '、' : ', ');
}
const fieldsIn = (incident: Incident, language: Language, masks: boolean): string =>
  releasedFields(
    incident,
    incident.recipients.flatMap(({ fields }) => fields),
    language,
    masks,
  );
const factWord: Readonly<Record<string, Bilingual>> = {
  fact: { zh: '仅核验结果', en: 'result of a fact check only' },
};

const lines = (incident: Incident, language: Language): string =>
  incident.recipients
    .map(({ department, calls, rows, agreements }) => {
      const name = own(incident.names, department)[language];
      return language === 'zh'
        ? `- ${name}：${calls} 次 / ${rows} 行（${agreements.join('、')}）`
        : `- ${name}: ${calls} / ${rows} (${agreements.join(', ')})`;
    })
    .join('\n');
const recipientsIn = (incident: Incident, language: Language): string =>
  incident.recipients
    .map(({ department }) => own(incident.names, department)[language])
    .join(language === 'zh' ? '、' : ', ');

/** The line about missing entries follows the listed departments: others may have received data by these entries. */
function goneLine(incident: Incident): Bilingual {
  const text = missingText(incident);
  if (text === undefined) return { zh: '', en: '' };
  return {
    zh: `\n${text.zh}；其接收方与数据项已不可知`,
    en: `\n${text.en}; who received what by them is not known any more`,
  };
}

/** To the authority that supervises the protection of personal information. */
export const toAuthority = (incident: Incident): Bilingual => ({
  zh: `# 个人信息安全事件报告（草稿）

事件编号：${incident.case}
时间：${span(incident)}（北京时间）
涉及个人信息种类：${fieldsIn(incident, 'zh', true)}
涉及主体：${incident.subjects} 个；依据日志条目 ${incident.entries} 条
接收方（次数 / 行数，共享协议）：
${lines(incident, 'zh')}${goneLine(incident).zh}

原因：（请填写）
可能造成的危害：（请填写）
已采取的补救措施：（请填写；可暂停上述共享协议）
个人可采取的减轻危害的措施：（请填写）
联系方式：（请填写）
`,
  en: `# Report of a personal information security incident (draft)

number: ${incident.case}
time: ${span(incident)} (China)
kinds of personal information: ${fieldsIn(incident, 'en', true)}
persons or organisations concerned: ${incident.subjects}; from ${incident.entries} entries of the log
recipients (calls / rows, agreements):
${lines(incident, 'en')}${goneLine(incident).en}

cause: (to fill in)
possible harm: (to fill in)
measures taken: (to fill in; the agreements above can be suspended)
what persons can do: (to fill in)
contact: (to fill in)
`,
});

/** To the persons themselves. */
export const toPersons = (incident: Incident): Bilingual => ({
  zh: `# 告知书（草稿）

${span(incident)}（北京时间），您的下列个人信息可能被不当取得：${fieldsIn(incident, 'zh', false)}。
取得方：${recipientsIn(incident, 'zh')}${incident.missing === undefined ? '' : '，以及记录已缺失、无从查明者'}。

原因与可能的危害：（请填写）
我们已采取的措施：（请填写）
建议您采取的措施：（请填写）
联系方式：（请填写）
`,
  en: `# Notice (draft)

Between ${span(incident)} (China) this personal information of yours may have been obtained wrongly: ${fieldsIn(incident, 'en', false)}.
Obtained by: ${recipientsIn(incident, 'en')}${incident.missing === undefined ? '' : ', and by whom cannot be found out any more where records are gone'}.

cause and possible harm: (to fill in)
what we have done: (to fill in)
what you can do: (to fill in)
contact: (to fill in)
`,
});
