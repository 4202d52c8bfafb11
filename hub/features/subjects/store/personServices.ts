/** Departments whose service vouches for the identity of persons. The data office appoints them, with two persons each time. */
import { sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Whether it is appointed; undefined where no decision about it exists. */
export async function personService(reader: Reader, department: string): Promise<boolean | undefined> {
  const rows = await sealedRows<{ appointed: boolean }>(
    reader,
    'person_service',
    'SELECT appointed FROM person_service WHERE department = $1',
    [department],
  );
  return rows[0]?.appointed;
}

/** @param appointment.approver another person than the author: the table enforces it */
export async function setPersonService(
  transaction: Reader,
  appointment: {
    readonly department: string;
    readonly appointed: boolean;
    readonly author: string;
    readonly approver: string | null;
    readonly exchange: string;
  },
): Promise<void> {
  const { department, appointed, author, approver, exchange } = appointment;
  await transaction.query(
    `INSERT INTO person_service (department, appointed, author, approver, exchange) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (department) DO UPDATE SET appointed = EXCLUDED.appointed, author = EXCLUDED.author,
       approver = EXCLUDED.approver, exchange = EXCLUDED.exchange`,
    [department, appointed, author, approver, exchange],
  );
}
