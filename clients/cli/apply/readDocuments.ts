/** YAML files of documents, separated by `---`, as values with their positions in the file. */
import { readFileSync } from 'node:fs';
import { LineCounter, parseAllDocuments, visit, type Document } from 'yaml';
import { isExactNumber } from '../../../terms/jsonText.ts';
import { inexactNumber } from '../exactNumbers.ts';
import { exitCode, VerbFailure } from '../verb.ts';
import { isObject } from '../../../terms/isObject.ts';

export const kinds = [
  'Department',
  'CodeList',
  'Purpose',
  'Notice',
  'Procedure',
  'Schema',
  'Dataset',
  'Topic',
  'ResponsePlan',
  'Mapping',
  'Pull',
  'LiveService',
  'CatalogueEntry',
  'ElementSource',
  'Matter',
  'RequestTemplate',
  'Approval',
  'Agreement',
  'AutomaticAgreement',
  'Restriction',
] as const;
export type Kind = (typeof kinds)[number];

export interface AppliedDocument {
  readonly file: string;
  /** line on which it begins, from 1 */
  readonly line: number;
  readonly kind: Kind;
  /** its members without `kind` */
  readonly members: Readonly<Record<string, unknown>>;
}

/** A file with its text, which is read once. */
export interface FileText {
  readonly file: string;
  readonly text: string;
}

/** @throws the file system's error for a missing file */
export const readText = (file: string): FileText => ({ file, text: readFileSync(file, 'utf8') });

/**
 * Refuses duplicate keys, aliases and unknown tags: with them, two readers could see different documents; and numbers that a double cannot
 * represent, which would be registered as others.
 * @throws VerbFailure (exit 4) with file and line
 */
export function documentsIn({ file, text }: FileText): AppliedDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  const found: AppliedDocument[] = [];
  for (const document of documents as Document.Parsed[]) {
    const at = document.contents?.range[0] ?? document.range[0];
    const [fault] = [...document.errors, ...document.warnings];
    if (fault !== undefined) throw unreadable(file, lines.linePos(fault.pos[0]).line, fault.code);
    const line = lines.linePos(at).line;
    visit(document, {
      Scalar: (_, { value: number, source = '', range }) => {
        if (typeof number !== 'number' || isExactIn(source)) return;
        throw inexactNumber(`${file}:${lines.linePos(range?.[0] ?? at).line}`, exitCode.local);
      },
    });
    const value = plainValue(document, file, line);
    if (value === null) continue; // nothing but comments
    found.push(classified(value, file, line));
  }
  return found;
}

/** The documents of a file. @throws VerbFailure, and the file system's error for a missing file */
export const readDocuments = (file: string): AppliedDocument[] => documentsIn(readText(file));

/** Comments of a draft that ask a person to decide; `datong schema draft` writes them above each placeholder. */
export function reviewMarks({ text }: FileText): { readonly line: number; readonly text: string }[] {
  return text.split('\n').flatMap((line, place) => {
    const [, remark] = /^\s*#\s*REVIEW\b\s*(.*)$/.exec(line) ?? [];
    return remark === undefined ? [] : [{ line: place + 1, text: remark.slice(0, 200) }];
  });
}

/** Whether YAML reads this number as it is written: `+1.5` and `.5` are numbers of YAML, `.inf` has no form in JSON. */
const isExactIn = (source: string): boolean =>
  Number.isFinite(Number(source)) &&
  isExactNumber(source.replace(/^\+/, '').replace(/^(?=\.)|(?<=^-)(?=\.)/, '0'));

function plainValue(document: Document.Parsed, file: string, line: number): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    throw unreadable(file, line, 'ALIAS');
  }
}

function classified(value: unknown, file: string, line: number): AppliedDocument {
  if (isObject(value)) {
    const { kind: named, ...members } = value;
    const kind = kinds.find((one) => one === named);
    if (kind !== undefined) return { file, line, kind, members };
  }
  throw new VerbFailure(
    exitCode.local,
    { zh: `${file}:${line} 的 kind 无法识别`, en: `${file}:${line} has a kind that is not known` },
    { zh: `应为 ${kinds.join('、')} 之一`, en: `one of ${kinds.join(', ')}` },
  );
}

function unreadable(file: string, line: number, code: string): VerbFailure {
  return new VerbFailure(
    exitCode.local,
    {
      zh: `${file}:${line} 不是可接受的 YAML（${code}）`,
      en: `${file}:${line} is no acceptable YAML (${code})`,
    },
    {
      zh: '键不可重复，不用别名和自定义标签',
      en: 'no doubled keys, no aliases, no tags of your own',
    },
  );
}
