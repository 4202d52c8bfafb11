/** The same case with three more departments: papers that a parent would have brought are replaced by queries to their sources. */
import type { Agreement } from '../../../../policies/documents/agreement.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import type { DatongClient } from '../../../sdk/datongClient.ts';
import type { CallContext, QueryAnswer } from '../../../sdk/types.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import { spared } from '../agreements.ts';
import type { Family } from '../files/cohort.ts';
import { handovers } from '../handovers.ts';
import { askThroughAgent } from './askThroughAgent.ts';
import type { Narrator, Tally } from '../narrator.ts';

type Records = QueryAnswer['records'];

interface Question {
  readonly about: keyof Family;
  /** field that names them: in the question by number, in an answer about the guardian by pseudonym */
  readonly field: string;
  /** the facts that the official reads from the answer */
  readonly describe: (records: Records) => Bilingual;
}

/** By department. */
const questions: Readonly<Record<string, Question>> = {
  hrss: {
    about: 'guardian',
    field: 'person_id',
    describe: (records) => {
      const paid = records.filter(({ status }) => status === '已到账').length;
      return {
        zh: `报名表上的监护人（假名与上面一致），近 ${records.length} 个月养老保险到账 ${paid} 个月`,
        en: `the guardian on the form (same pseudonym as above) is insured, ${paid} of the last ${records.length} months paid`,
      };
    },
  },
  'natural-resources': {
    about: 'guardian',
    field: 'owner_id',
    describe: ({ length }) => ({
      zh: `该监护人（假名一致）在两区内有住宅 ${length} 处`,
      en: `the same guardian owns ${length} dwelling${length === 1 ? '' : 's'} in the two districts`,
    }),
  },
  health: {
    about: 'child',
    field: 'person_id',
    describe: ({ length }) => ({
      zh: `该儿童已接种 ${length} 剂次`,
      en: `the child has had ${length} doses`,
    }),
  },
};

/** The context of the later questions. */
export interface Case {
  readonly family: Family;
  /** pseudonym that 公安局's answer gave of the guardian */
  readonly guardian: unknown;
  readonly context: CallContext;
  /** by provider */
  readonly agreements: ReadonlyMap<string, Agreement>;
}

/** Asks each of the departments, under its own agreement. @throws VerbFailure when an answer is empty, or about another person */
export async function papersAct(
  client: DatongClient,
  narrator: Narrator,
  tally: Tally,
  { family, guardian, context, agreements }: Case,
): Promise<void> {
  for (const { department, dataset, name } of handovers) {
    const question = questions[department];
    const agreement = agreements.get(department);
    if (question === undefined || agreement === undefined) continue;
    const { about, field, describe } = question;
    const answer = await narrator.step(
      async () => {
        const query = { filter: [{ field, op: 'eq', value: family[about].id }] } as const;
        const { json, kept: stored } = await client.query(dataset, query, {
          ...context,
          agreement: agreement.id,
        });
        tally.exchanges.push(stored);
        const others = about === 'guardian' && json.records.some((record) => record[field] !== guardian);
        if (json.records.length === 0 || others) throw unexpected(dataset);
        return json;
      },
      ({ records }) => ({
        zh: `${name.zh}：${describe(records).zh}${spared(agreement).zh}`,
        en: `${name.en}: ${describe(records).en}${spared(agreement).en}`,
      }),
    );
    printAnswer(answer, narrator, tally);
    if (department === 'hrss') {
      const month = String(answer.records.at(-1)?.['period']);
      await checkPaid(client, narrator, tally, {
        dataset,
        month,
        guardian: family.guardian.id,
        context: { ...context, agreement: agreement.id },
      });
    }
  }
}

/** 核验: the same department receives even less: one month, yes or no, and no row leaves. */
async function checkPaid(
  client: DatongClient,
  narrator: Narrator,
  tally: Tally,
  requested: {
    readonly dataset: string;
    readonly month: string;
    readonly guardian: string;
    readonly context: CallContext;
  },
): Promise<void> {
  const { dataset, month, guardian, context } = requested;
  await narrator.step(
    async () => {
      const path = `/v1/datasets/${dataset}/facts/paid-in-month`;
      const {
        answer: { answer },
      } = await askThroughAgent(client, tally, path, { subject: guardian, value: month }, context);
      if (answer !== 'yes') throw unexpected(dataset);
    },
    () => ({
      zh: `核验：经本机代理（普通 HTTP，无需签名）问 ${month} 的养老保险已缴？是。没有一个数据项离开，答复与“否”“不能确定”一样长`,
      en: `as a fact, through the local agent (plain HTTP, nothing signed by the caller): pension insurance of ${month} paid? Yes. Not one field leaves, and the reply is as long as «no» and «unknown»`,
    }),
  );
}

/** The last record, and how little of a record that is. */
function printAnswer({ records, withheld }: QueryAnswer, narrator: Narrator, tally: Tally): void {
  const record = records.at(-1) ?? {};
  const released = Object.keys(record).length;
  const fields = released + Object.keys(withheld).length;
  tally.fieldsReleased += released;
  tally.fieldsOfRecord += fields;
  const several = records.length > 1;
  narrator.detail({
    zh: `${JSON.stringify(record)}${several ? ` … 共 ${records.length} 行` : ''}，${fields} 个数据项中的 ${released} 个`,
    en: `${JSON.stringify(record)}${several ? ` … ${records.length} rows` : ''}, ${released} of ${fields} fields`,
  });
}

const unexpected = (dataset: string): VerbFailure =>
  new VerbFailure(exitCode.verification, {
    zh: `${dataset} 的答复不是所问的人`,
    en: `the answer of ${dataset} is not about the person asked for`,
  });
