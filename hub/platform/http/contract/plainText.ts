/**
 * Checks texts that people read: titles, reasons, references, file names, names. They are stored, shown and printed, so a request is
 * rejected if one hides or imitates something: control, bidirectional and zero-width characters, a word that mixes scripts, an identity
 * number in a file name. Data of rows is not checked here; its schema decides.
 */
import { hiddenCharacterIn, lookAlikeIn } from '../../../../terms/controlText.ts';
import { holdsIdentityNumber } from '../../../domain/holdsIdentityNumber.ts';
import { memberName, type RequestFinding } from './requestFindings.ts';

/** Members with values of rows, identifiers, secrets or code, wherever they occur. */
const unchecked: ReadonlySet<string> = new Set([
  ...['value', 'values', 'is', 'key', 'keys', 'records', 'rows', 'data'],
  ...['query', 'password', 'assertion', 'codePage', 'json', 'xml'],
]);

/** Documents with a grammar of their own: there only the texts for people are checked, since a mapping may name any character. */
const documents: ReadonlySet<string> = new Set(['document', 'mappings']);
const textsOfDocuments: ReadonlySet<string> = new Set([
  ...['title', 'x-title', 'description', 'reason', 'reference', 'clause', 'note'],
]);

/** Texts of one line: a line end would add a line to a list. */
const oneLine: ReadonlySet<string> = new Set([
  ...['title', 'x-title', 'name', 'fileName', 'label', 'keywords'],
  ...['reference', 'clause', 'case', 'application', 'volume'],
]);

/** How the strings below a place are checked. */
interface Place {
  readonly pointer: string;
  /** the nearest member, not counting the languages of a text and places of a list */
  readonly member: string;
  readonly isChecked: boolean;
  readonly lines: boolean;
}

/** @param body a valid JSON body @returns what is wrong with its texts */
export function textFindings(body: unknown): readonly RequestFinding[] {
  const findings: RequestFinding[] = [];
  visit(body, { pointer: '/body', member: '', isChecked: true, lines: true }, findings);
  return findings;
}

function visit(value: unknown, place: Place, findings: RequestFinding[]): void {
  if (typeof value === 'string') {
    const finding = place.isChecked ? findingOf(value, place) : undefined;
    if (finding !== undefined) findings.push(finding);
  } else if (Array.isArray(value)) {
    value.forEach((item, at) => visit(item, { ...place, pointer: `${place.pointer}/${at}` }, findings));
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value))
      if (!unchecked.has(name)) visit(item, below(place, name), findings);
  }
}

function below({ pointer, member, isChecked, lines }: Place, name: string): Place {
  return {
    pointer: `${pointer}/${memberName(name)}`,
    member: name === 'zh' || name === 'en' ? member : name,
    isChecked: documents.has(name) ? false : isChecked || textsOfDocuments.has(name),
    lines: lines && !oneLine.has(name),
  };
}

function findingOf(text: string, { pointer, member, lines }: Place): RequestFinding | undefined {
  const hidden = hiddenCharacterIn(lines ? text.replaceAll('\r\n', '\n') : text, lines);
  if (hidden !== undefined)
    return {
      pointer,
      rule: 'hidden-character',
      message: {
        zh: `含有不显示的字符 ${hidden}，请删去`,
        en: `contains ${hidden}, a character that is not shown; remove it`,
      },
    };
  const letter = lookAlikeIn(text);
  if (letter !== undefined)
    return {
      pointer,
      rule: 'look-alike',
      message: {
        zh: `有单词混入了形似拉丁字母的其他文字 ${letter}，请重新输入`,
        en: `contains ${letter}, a letter of another script that looks like a Latin letter; type the word again`,
      },
    };
  if (member === 'fileName' && holdsIdentityNumber(text))
    return {
      pointer,
      rule: 'identity-number',
      message: {
        zh: '文件名含有公民身份号码，文件名会留存；请改名后再报送',
        en: 'contains an identity number, and file names are stored; rename the file and send it again',
      },
    };
  return undefined;
}
