/** Certificates the hub has issued to departments, without those of its own listeners. */
import type { Knex } from 'knex';
import { unalteredRow } from '../../platform/database/authenticated/keyedRows.ts';
import { allSealedRows, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../platform/database/values.ts';
import { pageRows, type ListOrder, type OrderedPage, type PageRows } from '../../platform/database/pages.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { Problem } from '../../../terms/problem.ts';

export type RevocationReason =
  'key-compromise' | 'superseded' | 'cessation' | 'privilege-withdrawn' | 'unspecified';

export interface CertificateRow {
  /** lower-case hex */
  readonly serial: string;
  readonly department: string;
  /** hex SHA-256 over the SubjectPublicKeyInfo */
  readonly publicKey: string;
  readonly pem: string;
  /** Unix milliseconds */
  readonly notBefore: number;
  readonly notAfter: number;
  /** id of the entry that enrolled the first of this line of renewals */
  readonly enrolment: string;
  /** serial of the intermediate authority that issued it; null: the hub's first */
  readonly issuer: string | null;
  readonly revokedAt: number | null;
  readonly reason: RevocationReason | null;
}

interface Selected extends Omit<CertificateRow, 'notBefore' | 'notAfter' | 'revokedAt'> {
  readonly notBefore: string;
  readonly notAfter: string;
  readonly revokedAt: string | null;
}

const columns = `serial, department, public_key AS "publicKey", pem, ${momentOf('not_before')} AS "notBefore",
  ${momentOf('not_after')} AS "notAfter", enrolment, issuer, ${momentOf('revoked_at')} AS "revokedAt", reason`;

const parse = (row: Selected): CertificateRow => ({
  ...row,
  notBefore: readMoment(row.notBefore),
  notAfter: readMoment(row.notAfter),
  revokedAt: readMomentOrNull(row.revokedAt),
});

/** By enrolment; Unix milliseconds. */
export type RevokedLines = ReadonlyMap<string, { readonly at: number; readonly reason: RevocationReason }>;

/**
 * Revocations of whole lines of renewals, by enrolment. A certificate or key that was hidden from the statement that revoked its line, and put
 * back with its seal, is revoked all the same. So is the line of a key that the data office refused.
 */
export async function revokedLines(reader: Reader): Promise<RevokedLines> {
  const rows = await sealedRows<{ enrolment: string; at: string; reason: RevocationReason }>(
    reader,
    'certificate',
    `SELECT enrolment, ${momentOf('revoked_at')} AS at, reason FROM certificate
      WHERE revoked_at IS NOT NULL AND reason <> 'superseded' ORDER BY reason = 'key-compromise', revoked_at DESC`,
  );
  const refused = await sealedRows<{ enrolment: string; at: string }>(
    reader,
    'signing_key',
    `SELECT registered_by AS enrolment, ${momentOf('revoked_at')} AS at FROM signing_key
      WHERE state = 'refused' AND revoked_at IS NOT NULL`,
  );
  const withKey = refused.map((row) => ({ ...row, reason: 'privilege-withdrawn' as const }));
  // the earliest, and a compromise before all others
  return new Map(
    [...withKey, ...rows].map(({ enrolment, at, reason }) => [enrolment, { at: readMoment(at), reason }]),
  );
}

/** Certificates that end after the given moment (Unix milliseconds), revoked ones included. */
export async function listCertificates(
  reader: Reader,
  endingAfter: number,
  lines: RevokedLines,
): Promise<CertificateRow[]> {
  const rows = await sealedRows<Selected>(
    reader,
    'certificate',
    `SELECT ${columns} FROM certificate WHERE not_after > ${momentAt('$1')} ORDER BY serial`,
    [endingAfter],
  );
  return rows.map((row) => {
    const certificate = parse(row);
    const line = certificate.revokedAt === null ? lines.get(certificate.enrolment) : undefined;
    return line === undefined ? certificate : { ...certificate, revokedAt: line.at, reason: line.reason };
  });
}

export async function certificateBySerial(
  reader: Reader,
  serial: string,
): Promise<CertificateRow | undefined> {
  const rows = await sealedRows<Selected>(
    reader,
    'certificate',
    `SELECT ${columns} FROM certificate WHERE serial = $1`,
    [serial],
  );
  return rows.map(parse)[0];
}

/**
 * Whether the TLS key was certified for another department before, or is compromised.
 * @throws Problem rows_unauthenticated where such a certificate was changed past the hub
 */
export async function tlsKeyRefused(reader: Reader, publicKey: string, department: string): Promise<boolean> {
  const rows = await allSealedRows(
    reader,
    'certificate',
    // the condition uses no index: an entry that a superuser removed from it would hide the row
    `SELECT serial FROM certificate WHERE public_key || '' = $1 AND (department <> $2 OR reason = 'key-compromise')`,
    [publicKey, department],
  );
  return rows.length > 0;
}

/** @param exchange id of the entry that issues it */
export async function insertCertificate(
  reader: Reader,
  row: Omit<CertificateRow, 'revokedAt' | 'reason'>,
  exchange: string,
): Promise<void> {
  await reader.query(
    `INSERT INTO certificate (serial, department, public_key, pem, not_before, not_after, enrolment, issued_by, issuer)
     VALUES ($1, $2, $3, $4, ${momentAt('$5')}, ${momentAt('$6')}, $7, $8, $9)`,
    [
      row.serial,
      row.department,
      row.publicKey,
      row.pem,
      row.notBefore,
      row.notAfter,
      row.enrolment,
      exchange,
      row.issuer,
    ],
  );
}

/** Reasons that revoke less than another one: the certificate without its line, or the line without its signing key. */
const lesser: Readonly<Record<RevocationReason, readonly RevocationReason[]>> = {
  superseded: [],
  cessation: ['superseded'],
  'privilege-withdrawn': ['superseded'],
  unspecified: ['superseded'],
  'key-compromise': ['superseded', 'cessation', 'privilege-withdrawn', 'unspecified'],
};

/**
 * Revokes certificates that are not revoked yet: one, or with `line` all of its line of renewals, so that no older or newer one of a
 * stolen machine can be renewed. If the named one is revoked already for a lesser reason, it gets the new one, from which the revocation of
 * its line follows (`revokedLines`).
 * @returns serials that were revoked now
 * @throws Problem rows_unauthenticated where the named one is not revoked afterwards: its row was altered while the statement waited for it
 */
export async function revokeCertificates(
  reader: Reader,
  revocation: {
    readonly serial: string;
    readonly line: boolean;
    readonly reason: RevocationReason;
    /** Unix milliseconds */
    readonly at: number;
    readonly exchange: string;
  },
): Promise<string[]> {
  const { serial, line, reason, at, exchange } = revocation;
  const column = line ? 'enrolment' : 'serial';
  const { rows } = await reader.query<{ readonly serial: string }>(
    `UPDATE certificate AS c SET revoked_at = coalesce(c.revoked_at, ${momentAt('$2')}), reason = $3, revoked_by = $4
       FROM certificate AS named
      WHERE named.serial = $1 AND c.${column} = named.${column}
        AND (c.revoked_at IS NULL OR c.serial = $1 AND c.reason = ANY ($5::text[])) RETURNING c.serial`,
    [serial, at, reason, exchange, lesser[reason]],
  );
  const revoked = rows.map((row) => row.serial);
  // the seal of a changed row is compared at the end of the act
  if (!revoked.includes(serial)) await refuseUnrevoked(reader, serial, reason);
  return revoked;
}

async function refuseUnrevoked(reader: Reader, serial: string, reason: RevocationReason): Promise<void> {
  const found = (await unalteredRow(reader, 'certificate', [serial]))?.['reason'];
  if (typeof found !== 'string' || lesser[reason].some((less) => less === found))
    throw new Problem('rows_unauthenticated', { table: 'certificate' });
}

/**
 * Revokes every certificate of one enrolment, renewed ones included. One that is hidden from the statement is revoked with its key, which
 * the caller has refused (`revokedLines`).
 */
export async function revokeEnrolment(
  reader: Reader,
  revocation: {
    /** id of the entry that enrolled the first */
    readonly enrolment: string;
    readonly reason: RevocationReason;
    /** Unix milliseconds */
    readonly at: number;
    readonly exchange: string;
  },
): Promise<void> {
  const { enrolment, reason, at, exchange } = revocation;
  await reader.query(
    `UPDATE certificate SET revoked_at = ${momentAt('$2')}, reason = $3, revoked_by = $4
      WHERE revoked_at IS NULL AND enrolment = $1`,
    [enrolment, at, reason, exchange],
  );
}

export interface NewestCertificate {
  readonly serial: string;
  /** Unix milliseconds */
  readonly notAfter: number;
}

/** The first of a department's range in `certificate_newest`. */
const longest = (department: string): string =>
  `(SELECT serial, not_after FROM certificate WHERE department = ${department} AND revoked_at IS NULL
      ORDER BY not_after DESC, serial LIMIT 1) AS newest`;

/** The valid certificate with the latest end of each of these departments. @param now Unix milliseconds @returns them by department */
export async function newestCertificates(
  reader: Reader,
  departments: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, NewestCertificate>> {
  const { rows } = await reader.query<{ department: string; serial: string; notAfter: string }>(
    `SELECT asked.department, serial, ${momentOf('not_after')} AS "notAfter"
       FROM (SELECT DISTINCT unnest($1::text[]) AS department) AS asked CROSS JOIN LATERAL ${longest('asked.department')}
      WHERE not_after > ${momentAt('$2')}`,
    [[...departments], now],
  );
  return new Map(
    rows.map(({ department, serial, notAfter }) => [department, { serial, notAfter: readMoment(notAfter) }]),
  );
}

/**
 * Departments whose certificates have all ended, or end before a moment: for each the one with the latest end, unless it ended too long
 * ago.
 * @param span Unix milliseconds, both
 */
export async function certificatesEnding(
  reader: Reader,
  { from, before }: { readonly from: number; readonly before: number },
): Promise<readonly (NewestCertificate & { readonly department: string })[]> {
  const { rows } = await reader.query<{ department: string; serial: string; notAfter: string }>(
    `SELECT d.code AS department, serial, ${momentOf('not_after')} AS "notAfter"
       FROM department AS d CROSS JOIN LATERAL ${longest('d.code')}
      WHERE not_after >= ${momentAt('$1')} AND not_after < ${momentAt('$2')} ORDER BY newest.not_after, d.code`,
    [from, before],
  );
  return rows.map(({ notAfter, ...row }) => ({ ...row, notAfter: readMoment(notAfter) }));
}

interface CertificatesQuery extends OrderedPage {
  /** only of these; undefined: of every department */
  readonly departments: readonly string[] | undefined;
  readonly state: string | undefined;
  /** Unix milliseconds */
  readonly now: number;
}

export type CertificateSummary = Pick<
  CertificateRow,
  'serial' | 'department' | 'notBefore' | 'notAfter' | 'revokedAt' | 'reason'
>;

interface PageCertificatesSelected extends Pick<CertificateRow, 'serial' | 'department' | 'reason'> {
  readonly notBefore: string;
  readonly notAfter: string;
  readonly revokedAt: string | null;
}

/** Certificates, usually the newest first. `after` is a serial. */
export async function pageCertificates(
  reader: Reader,
  { departments, state, now, ...page }: CertificatesQuery,
): Promise<PageRows<CertificateSummary>> {
  const columns = `serial, department, reason, ${momentOf('not_before')} AS "notBefore", ${momentOf('not_after')} AS "notAfter",
    ${momentOf('revoked_at')} AS "revokedAt"`;
  return pageRows(reader, { columns, order, permit, narrow }, page, (row: PageCertificatesSelected) => ({
    ...row,
    notBefore: readMoment(row.notBefore),
    notAfter: readMoment(row.notAfter),
    revokedAt: readMomentOrNull(row.revokedAt),
  }));

  function permit(rows: Knex.QueryBuilder): void {
    if (departments !== undefined) rows.whereRaw('department = ANY(?)', [[...departments]]);
  }

  function narrow(rows: Knex.QueryBuilder): void {
    if (state !== undefined)
      rows.whereRaw(
        `? = CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN not_after <= ${momentAt('?')} THEN 'expired' ELSE 'valid' END`,
        [state, now],
      );
  }
}

const order: ListOrder = {
  table: 'certificate',
  id: ['serial'],
  sorts: { begins: (row) => [`${row}.not_before`], ends: (row) => [`${row}.not_after`] },
  usual: '-begins',
};
