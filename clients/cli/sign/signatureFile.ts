/** The signature of one department under one version of an agreement, as a file for the submitter. */
import { readFileSync } from 'node:fs';
import { refuseLaterVersion } from '../../../terms/refuseLaterVersion.ts';
import { exitCode, VerbFailure } from '../verb.ts';

export interface SignatureFile {
  readonly v: 1;
  /** `agr-school-enrolment@1` */
  readonly document: string;
  /** hex SHA-256 of the canonical text that was signed */
  readonly digest: string;
  readonly role: 'provider' | 'consumer' | 'data-office';
  readonly department: string;
  /** compact JWS over the canonical text */
  readonly jws: string;
}

/** @throws VerbFailure (exit 4), Problem made_by_later_release, format_version_malformed, the file system's error */
export function readSignatureFile(path: string): SignatureFile {
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as Partial<SignatureFile>;
    refuseLaterVersion(value, path);
    const { v, document, digest, role, department, jws } = value;
    const texts = [document, digest, role, department, jws];
    if (v === 1 && texts.every((text) => typeof text === 'string')) return value as SignatureFile;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new VerbFailure(exitCode.local, {
    zh: `${path} 不是 datong policy sign 写出的签名文件`,
    en: `${path} is no signature file of datong policy sign`,
  });
}
