import { isObject } from '../../terms/isObject.ts';
import { existsSync } from 'node:fs';
import { verificationKey, type VerificationKey } from '../../certs/signatures/index.ts';
import { parseEvidenceJson, EvidenceJsonFault } from '../../log/evidenceJson.ts';
import { Problem } from '../../terms/problem.ts';
import { readBoundedText } from './boundedFile.ts';
import { exitCode, VerbFailure } from './verb.ts';

/** A key set of a thousand keys. */
const maxBytes = 1024 * 1024;

/**
 * Public keys: a JWK, a JWK set, anchors.json or PEM, as text or in a file.
 * @throws VerbFailure (exit 4) where there is no such file, or it contains no key that may verify signatures
 */
export function readVerificationKeys(textOrFile: string): readonly VerificationKey[] {
  const inline = textOrFile.trimStart().startsWith('{') || textOrFile.startsWith('-----BEGIN');
  if (!inline && !existsSync(textOrFile))
    throw new VerbFailure(exitCode.local, {
      zh: `没有密钥文件 ${textOrFile}`,
      en: `there is no key file ${textOrFile}`,
    });
  const text = inline ? textOrFile : readBoundedText(textOrFile, maxBytes);
  try {
    if (!text.trimStart().startsWith('{')) return [verificationKey(text)];
    const keys = jwksOf(membersOf(parseEvidenceJson(text))).map((jwk) => verificationKey(membersOf(jwk)));
    if (keys.length === 0)
      throw new VerbFailure(exitCode.local, {
        zh: `${inline ? '该密钥集' : textOrFile} 中没有密钥`,
        en: `there is no key in ${inline ? 'this key set' : textOrFile}`,
      });
    return keys;
  } catch (error) {
    if (error instanceof Problem) throw new VerbFailure(exitCode.local, error.text);
    if (!(error instanceof EvidenceJsonFault)) throw error;
    throw new VerbFailure(exitCode.local, {
      zh: '密钥不是规范的 JSON',
      en: `the key is no plain JSON: ${error.message}`,
    });
  }
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});

function jwksOf(value: Readonly<Record<string, unknown>>): readonly unknown[] {
  const keys = value['keys'] ?? membersOf(value['jwks'])['keys'];
  return Array.isArray(keys) ? (keys as unknown[]) : [value];
}
