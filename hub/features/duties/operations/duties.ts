import type { components } from '../../../../api/openapi.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { dutyState, statedBy, type Stated, aWeekOn } from '../../../domain/duty.ts';
import { type DutyRow, answerDuties, dutiesById, pageDuties } from '../store/duties.ts';
import { createHash } from 'node:crypto';
import { statementType, verifyJws } from '../../../../certs/jws.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { Services } from '../../common/services.ts';
import { operation } from '../../common/operation.ts';
import { shapeOf } from '../../../../schemas/compile.ts';
import { listedInOrder, names, oneMore, orderedPage } from '../../common/listing.ts';
import { reachOf } from '../../common/reach.ts';
import { seen } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { defined, present } from '../../../../terms/defined.ts';

/** Statement that a consumer signs: payload of a JWS of type `datong-statement+jws`. */
interface Statement {
  readonly v: 1;
  readonly department: string;
  readonly states: Stated;
  /** ids of the duties it answers, without duplicates */
  readonly duties: readonly string[];
  /** for `use-reported`: the use of the data, without names or numbers of persons */
  readonly report?: string;
}

/** Closed schema, so that no unknown member is ever signed. A report of use must contain its text. */
export const statementSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['v', 'department', 'states', 'duties'],
  properties: {
    v: { const: 1 },
    department: { type: 'string', maxLength: 60 },
    states: { enum: [...new Set(Object.values(statedBy))] },
    duties: {
      type: 'array',
      minItems: 1,
      maxItems: 1_000,
      uniqueItems: true,
      items: { type: 'string', pattern: '^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$' },
    },
    report: { type: 'string', minLength: 1, maxLength: 2_000 },
  },
  if: { properties: { states: { const: 'use-reported' } } },
  then: { required: ['report'] },
};

/** Returns undefined for any other payload. */
function readStatement(payload: Uint8Array): Statement | undefined {
  const isStatement = shapeOf<Statement>(statementSchema, { strictRequired: false });
  try {
    const value: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    return isStatement(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A duty as shown to its consumer and its provider: `Duty` of openapi.yaml. It names no person. @param now Unix milliseconds */
export function dutyView(row: DutyRow, now: number): components['schemas']['Duty'] {
  const { statement, answeredBy, consent, named, ...duty } = row;
  const today = dayInChina(now);
  return {
    ...duty,
    state: dutyState({ ...duty, answered: answeredBy !== null }, today),
    states: statedBy[duty.obligation],
    ...present({ consent }),
    ...(named === null ? {} : { named: [...named] }),
    ...present({ statement, answeredBy }),
  };
}

/**
 * POST /v1/duties/statements: the consumer states, signed, that it fulfilled its duties. The artefact is stored with the duties; the entry
 * names its digest.
 * @throws Problem statement_invalid, duty_unknown, duty_still_open, transition_not_allowed (answered before)
 */
export const stateDuties = operation('stateDuties', {
  kind: 'management',
  run: async (call, services) => {
    const { statement: jws } = call.body;
    const { department } = call.caller;
    const statement = await verified(jws, department, services);
    const rows = await dutiesById(services.database.app, statement.duties);
    const today = dayInChina(call.now);
    if (rows.length < statement.duties.length || rows.some(({ consumer }) => consumer !== department))
      throw new Problem('duty_unknown');
    for (const { id, obligation, receivedUntil, answeredBy } of rows) {
      if (statedBy[obligation] !== statement.states) {
        throw invalid({
          zh: `${obligation} 应声明 ${statedBy[obligation]}`,
          en: `${obligation} is answered by ${statedBy[obligation]}`,
        });
      }
      if (obligation !== 'delete-withdrawn' && receivedUntil >= today)
        throw new Problem('duty_still_open', { duty: id, until: receivedUntil });
      if (answeredBy !== null) throw stateDutiesAnswered(id);
    }
    const digest = createHash('sha256').update(jws, 'utf8').digest('hex');
    const { exchange, now } = call;
    const stated = rows.map((row) => dutyView({ ...row, statement: jws, answeredBy: exchange }, now));
    const [first] = rows;
    const one = rows.every(({ provider }) => provider === first?.provider) ? first : undefined;
    return allowed<'stateDuties'>(
      200,
      { duties: stated },
      {
        facts: {
          consumer: department,
          ...defined({ provider: one?.provider }),
          change: { duties: statement.duties.join(' '), states: statement.states, statement: digest },
        },
        work: async (transaction) => {
          if (!(await answerDuties(transaction, statement.duties, jws, exchange)))
            throw stateDutiesAnswered(statement.duties.join(' '));
        },
      },
    );
  },
});

/** Requires a key in force of the calling department. @throws Problem statement_invalid */
async function verified(jws: string, department: string, { identity }: Services): Promise<Statement> {
  const { header, payload } = await verifyJws(jws, ({ kid }) =>
    kid === undefined ? undefined : identity.keyInForce(kid, department),
  ).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    throw invalid({
      zh: '签名不是本部门有效密钥所作',
      en: 'it is not signed by a key in force of your department',
    });
  });
  if (header.typ !== statementType)
    throw invalid({ zh: `typ 不是 ${statementType}`, en: `typ is not ${statementType}` });
  const statement = readStatement(payload);
  if (statement?.department !== department)
    throw invalid({ zh: '内容不符合规范', en: 'its members do not match the contract' });
  if (statement.report !== undefined && holdsIdentityNumber(statement.report))
    throw invalid({ zh: '说明中有身份证件号码', en: 'its report holds an identity number' });
  return statement;
}

const invalid = (reason: Bilingual): Problem => new Problem('statement_invalid', { reason });

const stateDutiesAnswered = (duty: string): Problem =>
  new Problem('transition_not_allowed', { what: `duty ${duty}`, state: 'answered', act: 'state' });

const permission = seen;

/**
 * GET /v1/duties: returns the duties of the caller's departments for data they received, and of others for their data. The data office
 * sees all.
 */
export const listDuties = operation('listDuties', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const page = orderedPage(call.query, names.duty);
    const { due, department } = call.query;
    const today = dayInChina(call.now);
    const departments = reachOf(permission, call.caller);
    const found = await pageDuties(
      database.app,
      {
        ...defined({ departments, with: department }),
        ...(due === 'true' ? { openUntil: aWeekOn(today) } : {}),
      },
      oneMore(page),
    );
    return listedInOrder(
      call,
      'duties',
      page,
      found,
      (row) => `${row.answeredBy === null ? 0 : 1}~${row.due}~${row.receivedFrom}~${row.id}`,
      (row) => dutyView(row, call.now),
    );
  },
});
