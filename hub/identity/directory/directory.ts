/**
 * The registered callers, in memory, as of one state_epoch. A snapshot never changes; a newer one replaces it. The epoch is read
 * before the rows, so the rows are at least as new. A decision under this epoch is repeated when state_epoch has advanced.
 */
import { keyedHash } from '../store/keyedHashes.ts';
import { verificationKey, type VerificationKey } from '../../../certs/signatures/index.ts';
import { lifetimes } from '../../../certs/authority/lifetimes.ts';
import type { Authorities } from '../../platform/keys/hubKeys.ts';
import { departmentCode, type DepartmentCode } from '../../../terms/ids.ts';
import { listCertificates, revokedLines, type RevocationReason } from '../store/certificates.ts';
import { listDepartments, type DepartmentRow } from '../store/departments.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { listSigningKeys } from '../store/signingKeys.ts';
import { listTokens, type TokenRow } from '../store/credentials.ts';
import { listPersons, listRoleGrants } from '../store/persons.ts';
import { listStandIns } from '../store/standIns.ts';
import type { StandIn } from '../../domain/standIn.ts';
import { knownPersons, type KnownPerson } from '../persons/knownPersons.ts';
import { readStateEpoch } from '../../log/store/head.ts';

export interface KnownKey {
  readonly department: DepartmentCode;
  readonly verification: VerificationKey;
  /** PEM it was read from */
  readonly pem: string;
  /** Unix milliseconds */
  readonly notBefore: number;
  readonly revokedAt: number | null;
  /** it waits for another person's confirmation */
  readonly waiting: boolean;
}

export interface KnownCertificate {
  readonly serial: string;
  readonly department: DepartmentCode;
  readonly pem: string;
  /** id of the entry that enrolled the first of its line of renewals */
  readonly enrolment: string;
  /** Unix milliseconds */
  readonly notBefore: number;
  readonly notAfter: number;
  /** serial of the intermediate authority that issued it; null: the hub's first */
  readonly issuer: string | null;
  readonly revoked:
    | {
        readonly at: number;
        readonly reason: RevocationReason;
        /** revoked because the root revoked its issuer, so that its department may get another one at once */
        readonly byIssuer?: boolean;
      }
    | undefined;
}

export interface Directory {
  readonly epoch: number;
  readonly departments: ReadonlyMap<string, DepartmentRow>;
  readonly keys: ReadonlyMap<string, KnownKey>;
  /** by serial; without those that ended longer ago than the grace period */
  readonly certificates: ReadonlyMap<string, KnownCertificate>;
  /** by id */
  readonly tokens: ReadonlyMap<string, TokenRow>;
  /** returns the stored form of a secret's hash; absent: the hash itself is stored */
  readonly stored?: (hash: string) => string;
  /** by id */
  readonly persons: ReadonlyMap<string, KnownPerson>;
  /** without those that were ended */
  readonly standIns: readonly StandIn[];
}

/**
 * @param now Unix milliseconds
 * @param before the directory it replaces: its keys need not be parsed again
 */
export async function loadDirectory(reader: Reader, now: number, before?: Directory): Promise<Directory> {
  const epoch = await readStateEpoch(reader);
  const departments = await listDepartments(reader);
  const lines = await revokedLines(reader);
  const keys = await listSigningKeys(reader, lines);
  const certificates = await listCertificates(reader, now - lifetimes.grace, lines);
  const tokens = await listTokens(reader);
  const persons = knownPersons(await listPersons(reader), await listRoleGrants(reader), departments);
  return {
    epoch,
    departments: new Map(departments.map((row) => [row.code, row])),
    keys: new Map(
      keys.map(({ keyid, department, publicKey, notBefore, revokedAt, state }) => [
        keyid,
        {
          department: departmentCode(department),
          verification: parsedKey(keyid, publicKey, before),
          pem: publicKey,
          notBefore,
          revokedAt,
          waiting: state === 'waiting',
        },
      ]),
    ),
    certificates: new Map(
      certificates.map(
        ({ serial, department, pem, enrolment, notBefore, notAfter, issuer, revokedAt, reason }) => [
          serial,
          {
            serial,
            department: departmentCode(department),
            pem,
            enrolment,
            notBefore,
            notAfter,
            issuer,
            revoked: revokedAt === null ? undefined : { at: revokedAt, reason: reason ?? 'unspecified' },
          },
        ],
      ),
    ),
    tokens: new Map(tokens.map((row) => [row.id, row])),
    stored: (hash) => keyedHash(reader, hash),
    persons,
    standIns: await listStandIns(reader),
  };
}

/** Revokes each certificate whose issuer the root has revoked. */
export function withRevokedIssuers(directory: Directory, authority: Authorities): Directory {
  const ended = new Map<string | null, number>();
  for (const { serial, at } of authority.rootList.revoked) {
    ended.set(serial, at);
    if (authority.isFirst(serial)) ended.set(null, at);
  }
  if (ended.size === 0) return directory;
  const certificates = [...directory.certificates].map(([serial, one]): [string, KnownCertificate] => {
    const at = ended.get(one.issuer);
    const revoked = { at: at ?? 0, reason: 'key-compromise', byIssuer: true } as const;
    return [serial, at === undefined || one.revoked !== undefined ? one : { ...one, revoked }];
  });
  return { ...directory, certificates: new Map(certificates) };
}

function parsedKey(keyid: string, pem: string, before: Directory | undefined): VerificationKey {
  const known = before?.keys.get(keyid);
  return known?.pem === pem ? known.verification : verificationKey(pem);
}
