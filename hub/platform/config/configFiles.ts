/** Files that hub.json names, and what is wrong with a key of it. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { defined } from '../../../terms/defined.ts';
import { Problem } from '../../../terms/problem.ts';

/** Reads a PEM file and checks its first certificate; otherwise a wrong one would be detected only at the first connection. */
export function authorityOf(name: string, base: string, file: string, key: string): string {
  const text = textOf(name, base, file, key);
  try {
    new X509Certificate(text);
    return text;
  } catch (cause) {
    const reason = {
      zh: `文件 ${name} 中没有证书（PEM）`,
      en: `the file ${name} holds no certificate (PEM)`,
    };
    throw invalid(file, key, reason, [], cause);
  }
}

/** A file that hub.json names. @throws Problem configuration_invalid */
export function textOf(name: string, base: string, file: string, key: string): string {
  const path = resolve(base, name);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = { zh: `读不到文件 ${path}`, en: `the file ${path} cannot be read` };
    throw invalid(file, key, reason, [], cause);
  }
}

export function invalid(
  source: string,
  key: string,
  reason: Bilingual,
  findings: readonly unknown[] = [],
  cause?: unknown,
): Problem {
  return new Problem(
    'configuration_invalid',
    { key, reason, source },
    { ...(findings.length > 0 ? { findings } : {}), ...defined({ cause }) },
  );
}
