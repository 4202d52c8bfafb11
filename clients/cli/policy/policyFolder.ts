import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { shipped } from '../../../machine/surroundings.ts';
import { readTime } from '../../../policies/documents/documentChecks.ts';
import type { PolicyFinding } from '../../../policies/finding.ts';
import { compilePlans, tryCompilePlans, type Plans } from '../../../policies/plans.ts';
import { readPolicySet, type PolicyFile, type PolicySet } from '../../../policies/policySet.ts';
import { Problem } from '../../../terms/problem.ts';
import { exitCode, say, talk, VerbFailure, type CheckFinding } from '../verb.ts';
import { defined } from '../../../terms/defined.ts';

const endings = /\.(?:ya?ml|json)$/i;
const skipped = new Set(['node_modules']);

/** Reads a folder (or one file) of documents as `datong catalogue apply` does. Hidden folders are skipped. */
export function readPolicyFolder(path: string): PolicySet {
  const files = filesBelow(path).map((file): PolicyFile => ({
    name: statSync(path).isDirectory() ? relative(path, file) : file,
    text: readFileSync(file, 'utf8'),
  }));
  if (files.length === 0) {
    throw new VerbFailure(exitCode.local, {
      zh: `${path} 中没有 YAML 或 JSON 文件`,
      en: `no YAML or JSON files in ${path}`,
    });
  }
  return readPolicySet(files, shipped);
}

function filesBelow(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.') && !skipped.has(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = join(path, entry.name);
      return entry.isDirectory() ? filesBelow(below) : endings.test(entry.name) ? [below] : [];
    });
}

/**
 * The folder's documents, compiled. Errors go to stderr, one line for each finding.
 * @throws Problem policy_does_not_compile
 */
export function compileFolder(path: string): { readonly set: PolicySet; readonly plans: Plans } {
  const set = readPolicyFolder(path);
  const findings = compileFindings(set);
  if (findings.length === 0) return { set, plans: compilePlans(set.documents, set.context) };
  for (const finding of asCheck(findings, set)) {
    talk(`${finding.code}  ${finding.path ?? ''}:${finding.line ?? ''}  ${say(finding.message)}`);
  }
  throw new Problem('policy_does_not_compile', { count: findings.length }, { findings });
}

/** Findings of reading and compiling, without throwing. */
export function compileFindings(set: PolicySet): readonly PolicyFinding[] {
  return [...set.findings, ...tryCompilePlans(set.documents, set.context).findings];
}

/** A finding with its file: `agreements/enrolment.yaml#/grants/0/fields/name`. */
function withFile(finding: PolicyFinding, set: PolicySet): CheckFinding & Partial<PolicyFinding> {
  const { code, level, document, path, line, column, message } = finding;
  return {
    code,
    level,
    document,
    path: `${set.files.get(document) ?? document}#${path}`,
    ...defined({ line, column }),
    message,
  };
}

/** `--at TIME`, else now. Unix milliseconds. */
export function timeOf(at: string | undefined): number {
  if (at === undefined) return Date.now();
  const time = readTime(at);
  if (time !== undefined && /(?:Z|[+-]\d{2}:\d{2})$/.test(at)) return time;
  throw new VerbFailure(exitCode.usage, {
    zh: `--at 应为带时区的时间，如 2026-06-01T09:00:00+08:00`,
    en: `--at takes a time with its offset, such as 2026-06-01T09:00:00+08:00`,
  });
}

/** Findings of the engine as findings of a checking verb. */
export const asCheck = (findings: readonly PolicyFinding[], set: PolicySet): readonly CheckFinding[] =>
  findings.map((finding) => withFile(finding, set));
