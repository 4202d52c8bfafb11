/** One-time codes: `DT-XXXXX-XXXXX-XXXXX-XXXXX`, 100 random bits, made to be read out or typed. Only the hash is stored. */
import { Problem } from '../../../terms/problem.ts';
import { enrolmentCodeByHash, insertEnrolmentCode, type EnrolmentCodeRow } from '../store/enrolmentCodes.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Act, ActContext, ActDependencies } from '../act.ts';
import { randomText, oneTimeCode, oneTimeHash } from '../secrets/secrets.ts';

const hour = 3_600_000;

export interface IssuedCode {
  /** names the code in entries */
  readonly id: string;
  readonly department: string;
  /** shown once */
  readonly code: string;
  /** RFC 3339 */
  readonly expires: string;
}

export interface CodeRequest {
  readonly department: string;
  readonly hours?: number;
  /** id of the person who issues it */
  readonly issuer?: string;
}

/**
 * Issues a code with which the department enrols once.
 * @param request hours until it expires: 1 to 720, default 72; who issues it, absent: the machine's own operator
 * @throws Problem department_unknown
 */
export function issueEnrolmentCode(
  request: CodeRequest,
  { exchange, now }: ActContext,
  { directory }: Pick<ActDependencies, 'directory'>,
): Act<IssuedCode> {
  const { department } = request;
  if (!directory.departments.has(department)) throw new Problem('department_unknown', { department });
  const hours = Math.min(Math.max(Math.floor(request.hours ?? 72), 1), 720);
  const code = oneTimeCode();
  const id = randomText(8).toLowerCase();
  const expiresAt = now + hours * hour;
  const expires = new Date(expiresAt).toISOString();
  return {
    reply: { id, department, code, expires },
    change: { department, code: id, expires },
    work: (transaction) =>
      insertEnrolmentCode(
        transaction,
        { hash: codeHash(code), id, department, expiresAt, issuer: request.issuer ?? null },
        exchange,
      ),
    bumpsEpoch: false,
  };
}

const codeHash = (code: string): string => oneTimeHash('datong-enrolment', code);

/**
 * The row of a code that may still be used.
 * @throws Problem enrolment_code_invalid, enrolment_code_used, enrolment_code_expired
 */
export async function findEnrolmentCode(
  reader: Reader,
  code: string,
  now: number,
): Promise<EnrolmentCodeRow> {
  const row = await enrolmentCodeByHash(reader, codeHash(code));
  if (row === undefined) throw new Problem('enrolment_code_invalid');
  if (row.usedAt !== null) throw new Problem('enrolment_code_used');
  if (now >= row.expiresAt) throw new Problem('enrolment_code_expired');
  return row;
}
