/** Reports the verifier's stages one by one, for a developer whose signature is rejected. It runs the same checks as `verifyRequest`. */
import { hash } from 'node:crypto';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { KeyId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { RequestMessage } from '../message.ts';
import { compareBases, type BaseDifference } from './compareBases.ts';
import type { VerificationKey } from './key.ts';
import { profileName } from './profile.ts';
import { readSignature, type RequestSignature } from './readSignature.ts';
import { checkDigest, checkKey, checkSignature, checkTime, requestBase } from './verifyRequest.ts';

export type DiagnosedCheck = 'headers' | 'time' | 'key' | 'department' | 'signature' | 'nonce' | 'digest';

export interface CheckOutcome {
  readonly check: DiagnosedCheck;
  /** absent where an earlier failure left nothing to check */
  readonly ok?: boolean;
  readonly problem?: {
    readonly code: string;
    readonly detail: Bilingual;
    readonly next: Bilingual;
    readonly expected?: string;
    readonly received?: string;
    readonly at?: string;
  };
}

/** Reply of `POST /v1/diagnose`. */
export interface Diagnosis {
  readonly profile: typeof profileName;
  readonly ok: boolean;
  readonly checks: readonly CheckOutcome[];
  /** the signature base as the hub computes it, line by line */
  readonly base?: readonly string[];
  /** hex SHA-256 of the base */
  readonly baseSha256?: string;
  /** where the caller's own base differs, when it was sent in the header `signature-base` */
  readonly difference?: BaseDifference;
  /** the request as the hub received it */
  readonly received: {
    readonly method: string;
    readonly targetUri: string;
    readonly bodyBytes: number;
    readonly bodySha256: string;
  };
  /** Unix seconds of the hub's clock */
  readonly now: number;
}

export interface DiagnoseOptions {
  readonly lookupKey: (keyid: KeyId) => VerificationKey | undefined;
  /** Unix milliseconds */
  readonly now: number;
  /**
   * rejects a key that is not in force, by throwing a Problem. Called after the key was found and its algorithm compared, as in the request
   * pipeline
   */
  readonly checkInForce?: (keyid: KeyId) => void;
  /** rejects a key of another department than the certificate's, by throwing a Problem */
  readonly checkDepartment?: (keyid: KeyId) => void;
  /** rejects a nonce seen before, by throwing a Problem */
  readonly checkNonce?: (keyid: KeyId, nonce: string) => void;
}

/** Maximum length of the caller's own base, in base64url characters of the header. */
const maxOwnBaseLength = 8192;

/** Runs every check that can be run. A failed check becomes an outcome, not an exception. */
export function diagnoseRequest(message: RequestMessage, options: DiagnoseOptions): Diagnosis {
  const checks: CheckOutcome[] = [];
  const run = <T>(check: DiagnosedCheck, action: (() => T) | undefined): T | undefined => {
    if (action === undefined) {
      checks.push({ check });
      return undefined;
    }
    try {
      const result = action();
      checks.push({ check, ok: true });
      return result;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      checks.push({ check, ok: false, problem: reported(error) });
      return undefined;
    }
  };
  const signature = run('headers', () => readSignature(message));
  const when = <T>(action: (read: RequestSignature) => T) =>
    signature === undefined ? undefined : () => action(signature);
  run(
    'time',
    when((read) => checkTime(read, options.now)),
  );
  const key = run(
    'key',
    when((read) => {
      const known = checkKey(read, options.lookupKey(read.keyid));
      options.checkInForce?.(read.keyid);
      return known;
    }),
  );
  run('department', key && when(({ keyid }) => options.checkDepartment?.(keyid)));
  run('signature', key && when((read) => checkSignature(read, message, key)));
  run('nonce', key && when(({ keyid, nonce }) => options.checkNonce?.(keyid, nonce)));
  run(
    'digest',
    when((read) => checkDigest(read, message)),
  );
  return {
    profile: profileName,
    ok: checks.every(({ ok }) => ok === true),
    checks,
    ...(signature === undefined ? {} : baseFacts(message, signature)),
    received: {
      method: message.method,
      targetUri: message.targetUri,
      bodyBytes: message.body.length,
      bodySha256: hash('sha256', message.body, 'hex'),
    },
    now: Math.floor(options.now / 1000),
  };
}

function reported(problem: Problem): NonNullable<CheckOutcome['problem']> {
  const { expected, received, at } = problem.extras;
  return {
    code: problem.code,
    detail: problem.text,
    next: problem.next,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
    ...(at === undefined ? {} : { at }),
  };
}

function baseFacts(
  message: RequestMessage,
  signature: RequestSignature,
): Pick<Diagnosis, 'base' | 'baseSha256' | 'difference'> {
  const base = requestBase(signature, message);
  const own = ownBase(signature.headers.get('signature-base'));
  const difference = own === undefined ? undefined : compareBases(base, own);
  return {
    base: base.split('\n'),
    baseSha256: hash('sha256', Buffer.from(base, 'latin1'), 'hex'),
    ...(difference === undefined ? {} : { difference }),
  };
}

/** The header `signature-base`: base64url of the base the caller signed. It cannot be signed itself, because it contains the base. */
function ownBase(header: string | undefined): string | undefined {
  if (header === undefined || header.length > maxOwnBaseLength || /[^A-Za-z0-9_-]/.test(header))
    return undefined;
  return Buffer.from(header, 'base64url').toString('latin1');
}
