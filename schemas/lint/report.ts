import { fill } from '../../terms/bilingual.ts';
import type { Finding } from '../messages.ts';
import { lintRules, type LintCode } from './rules.ts';

/** Function by which a check reports its findings. */
export type Report = (
  code: LintCode,
  path: string,
  facts?: Readonly<Record<string, string | number>>,
) => void;

/** A list of findings and the function that fills it; it stores at most 200. */
export function newReport(): { readonly findings: Finding[]; readonly report: Report } {
  const findings: Finding[] = [];
  const report: Report = (code, path, facts = {}) => {
    if (findings.length >= 200) return;
    const { message, mend } = lintRules[code];
    findings.push({ code, path, message: fill(message, facts), mend: fill(mend, facts) });
  };
  return { findings, report };
}
