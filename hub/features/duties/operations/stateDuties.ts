import { createHash } from 'node:crypto';
import { statementType, verifyJws } from '../../../../certs/jws.ts';
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import { statedBy } from '../../../domain/duty.ts';
import { holdsIdentityNumber } from '../../../domain/identityNumberIn.ts';
import { allowed } from '../../../pipeline/call.ts';
import { answerDuties } from '../store/answerDuties.ts';
import { dutiesById } from '../store/listDuties.ts';
import type { Services } from '../../common/services.ts';
import { dutyView } from './dutyView.ts';
import { readStatement, type Statement } from './readStatement.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/duties/statements: the consumer says, signed, that it did what it took on. The artefact is kept with its duties; the entry names
 * its digest.
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
      if (answeredBy !== null) throw answered(id);
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
          ...(one === undefined ? {} : { provider: one.provider }),
          change: { duties: statement.duties.join(' '), states: statement.states, statement: digest },
        },
        work: async (transaction) => {
          if (!(await answerDuties(transaction, statement.duties, jws, exchange)))
            throw answered(statement.duties.join(' '));
        },
      },
    );
  },
});

/** By a key in force of the very department that calls. @throws Problem statement_invalid */
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

const answered = (duty: string): Problem =>
  new Problem('transition_not_allowed', { what: `duty ${duty}`, state: 'answered', act: 'state' });
