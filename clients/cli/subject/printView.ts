/** A person's view of their data: as lines, as a page to print in Chinese, or as JSON. */
import { Option } from 'commander';
import { missingAboutPerson } from '../../../log/missing.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { momentInChina } from '../../../terms/civilDate.ts';
import { inBothLanguages } from '../../../terms/factWords.ts';
import { problemCatalogue, type ProblemCode } from '../../../terms/problemCatalogue.ts';
import { describedMask } from '../../../terms/requestForm/saidAgreement.ts';
import type { ConsentView } from '../../sdk/consents.ts';
import type { SignedSubjectView, SubjectAccess, TitledCode } from '../../sdk/subjects.ts';
import { formRow, printedForm } from '../printedForm.ts';
import { data, dataLines, say, talk } from '../verb.ts';
import { counted } from '../../../terms/counted.ts';

export interface ShownOptions {
  readonly print?: boolean;
  readonly json?: boolean;
}

export const presenterOption = (): Option =>
  new Option('--presented-by <whom>', 'who asks: the person (self), a parent or guardian, or an agent')
    .choices(['self', 'guardian', 'agent'])
    .makeOptionMandatory();

export function printView(signed: SignedSubjectView, { print, json }: ShownOptions): void {
  const { view } = signed;
  if (print === true) data(formOf(signed));
  else if (json === true) data(JSON.stringify(signed));
  else {
    for (const access of view.looks) dataLines(linesOf(access));
    dataLines(view.consents.map((one) => consentLine(one, view.looks)));
  }
  talk({
    zh: `${view.looks.length} 条查询记录，${view.consents.length} 份同意；本次查询已留痕，交换 ${view.exchange}`,
    en: `${view.looks.length} access records, ${counted(view.consents.length, 'consent')}; this query is logged, exchange ${view.exchange}`,
  });
  if (view.missing !== undefined) talk(missingAboutPerson(view.missing));
  if (view.next !== undefined)
    talk({ zh: `还有更早的：--before ${view.next}`, en: `there are older ones: --before ${view.next}` });
}

const operations: Readonly<Record<string, Bilingual>> = {
  queryDataset: { zh: '查询数据', en: 'queried data' },
  batchQuery: { zh: '批量查询', en: 'queried in a batch' },
  streamRecords: { zh: '全量提取', en: 'fetched all rows' },
  checkFact: { zh: '核验', en: 'checked a fact' },
  giveConsent: { zh: '登记同意', en: 'consent given' },
  withdrawConsent: { zh: '撤回同意', en: 'consent withdrawn' },
  listConsents: { zh: '查看同意', en: 'viewed consents' },
  openTicket: { zh: '提出校核或异议', en: 'reported wrong data' },
  showTicket: { zh: '查看校核或异议', en: 'viewed a check or a dispute' },
  answerTicket: { zh: '答复校核或异议', en: 'answered a check or a dispute' },
  viewSubject: { zh: '本人查询', en: 'your own query' },
  viewSubjectAtCounter: { zh: '本人窗口查询', en: 'your query at a counter' },
};

const outcomes = {
  answered: { zh: '已答复', en: 'answered' },
  refused: { zh: '被拒绝', en: 'refused' },
  nothing: { zh: '未得到数据', en: 'got nothing' },
} as const satisfies Readonly<Record<SubjectAccess['outcome'], Bilingual>>;

const bases = {
  consent: { zh: '个人同意', en: 'consent' },
  statutory: { zh: '法定职责', en: 'statutory duty' },
  contract: { zh: '合同', en: 'contract' },
  emergency: { zh: '应急', en: 'emergency' },
  'public-disclosed': { zh: '已公开信息', en: 'published' },
} as const satisfies Readonly<Record<NonNullable<SubjectAccess['basis']>['type'], Bilingual>>;

type Pick = (text: Bilingual) => string;

const named = (one: TitledCode | undefined, pick: Pick): string | undefined =>
  one && (one.title === undefined ? one.code : pick(one.title));

const isCode = (code: string): code is ProblemCode => Object.hasOwn(problemCatalogue, code);

function reasonOf({ code }: SubjectAccess, pick: Pick): string | undefined {
  if (code === undefined) return undefined;
  const text = isCode(code) ? pick(problemCatalogue[code].text) : undefined;
  return text === undefined || text.includes('{') ? code : text;
}

/** `姓名（原值）`: each delivered field, and how it left. */
function fieldsOf({ fields = [] }: SubjectAccess, pick: Pick): string {
  const texts = fields.map((field) => {
    const name = named(field, pick) ?? field.code;
    const how = describedMask({ mask: field.mask });
    const isClear = field.mask === 'clear';
    return pick({
      zh: `${name}（${isClear ? '' : '脱敏：'}${how.zh}）`,
      en: `${name} (${isClear ? '' : 'masked: '}${how.en})`,
    });
  });
  return texts.join(pick({ zh: '、', en: ', ' }));
}

/** States that the person must be notified, and whether the recipient states that it did so. */
function noticeLine({ notice }: SubjectAccess, pick: Pick): string {
  if (notice === undefined) return '';
  const { law, clause, until, stated } = notice;
  const clauseText = [law, clause].filter(Boolean).join(' ');
  const by =
    until === undefined
      ? ''
      : stated === true
        ? pick({ zh: `应于 ${until} 前告知您，接收方已声明告知`, en: `by ${until}, stated as done` })
        : pick({ zh: `应于 ${until} 前告知您，接收方尚未声明`, en: `by ${until}, not yet stated` });
  const name = pick({ zh: '告知义务：', en: 'duty to inform you: ' });
  return `${name}${[clauseText, by].filter((part) => part !== '').join(pick({ zh: '；', en: '; ' }))}`;
}

/**
 * One access record: when, who, what and the outcome; below it the purpose, the legal basis, and the released data.
 * @param pick the language; that of talk where it is absent
 */
export function linesOf(access: SubjectAccess, pick: Pick = say): string[] {
  const { at, operation, outcome, department, dataset, purpose, basis, matter, fact, consents } = access;
  const what = operations[operation] === undefined ? operation : pick(operations[operation]);
  const head = [momentInChina(at), named(department, pick) ?? '–', what, pick(outcomes[outcome])];
  const lines = [
    [named(dataset, pick), named(fact, pick), named(purpose, pick), matter].filter(Boolean).join(' · '),
    basis === undefined
      ? ''
      : [pick(bases[basis.type]), basis.reference, basis.clause].filter(Boolean).join(' '),
    noticeLine(access, pick),
    fieldsOf(access, pick),
    (consents ?? []).join(', '),
    reasonOf(access, pick) ?? '',
  ];
  return [head.join('  '), ...lines.filter((line) => line !== '').map((line) => `    ${line}`)];
}

/** A consent, by the names that the accesses of the same view have; one without an access has codes. */
function consentLine(
  { id, state, recipient, dataset, purposes, expires }: ConsentView,
  looks: readonly SubjectAccess[],
  pick: Pick = say,
): string {
  const nameOf = (member: 'department' | 'dataset' | 'purpose', code: string): string =>
    named(looks.find((look) => look[member]?.code === code)?.[member], pick) ?? code;
  return [
    id,
    pick(inBothLanguages('state', state)),
    nameOf('department', recipient),
    nameOf('dataset', dataset),
    purposes.map((code) => nameOf('purpose', code)).join(' '),
    momentInChina(expires),
  ].join('  ');
}

const inChinese: Pick = ({ zh }) => zh;

function formOf({ view, signature, salt }: SignedSubjectView): string {
  return printedForm(view.exchange, '个人信息查询记录告知书（谁查过我）', [
    formRow('枢纽', view.hub),
    formRow('查询时间', momentInChina(view.at)),
    formRow('本次查询编号', view.exchange),
    ...view.looks.map((access) =>
      formRow(
        momentInChina(access.at),
        ...linesOf(access, inChinese).map((line) => line.trim()),
        access.exchange,
      ),
    ),
    ...(view.missing === undefined ? [] : [formRow('缺失的记录', missingAboutPerson(view.missing).zh)]),
    formRow('个人同意', ...view.consents.map((one) => consentLine(one, view.looks, inChinese))),
    formRow('本人承诺值与盐', view.subject.commitment, salt),
    formRow('枢纽签名', signature),
    formRow('窗口经办人（签字）'),
    formRow('申请人（签字）'),
  ]);
}
