import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { exitCode, VerbFailure } from './verb.ts';

/**
 * A mapping as JSON or YAML: the document itself, or a file of `datong apply` that holds it alone (`kind: Mapping`).
 * @throws VerbFailure (exit 4) with file and line for what is neither; the file system's error for a missing file
 */
export function mappingIn(file: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines, uniqueKeys: true });
  const [fault] = [...document.errors, ...document.warnings];
  if (fault !== undefined) throw unreadable(file, lines.linePos(fault.pos[0]).line);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    throw unreadable(file, 1);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(file, 1);
  return 'kind' in value && value.kind === 'Mapping' && 'document' in value ? value.document : value;
}

const unreadable = (file: string, line: number): VerbFailure =>
  new VerbFailure(exitCode.local, {
    zh: `${file} 第 ${line} 行：不是 JSON 或 YAML 的映射`,
    en: `${file} line ${line}: no mapping as JSON or YAML`,
  });
