/** Comments, CDATA sections and processing instructions: markup that begins with `<!` or `<?`. A DOCTYPE is rejected at its first keyword. */
import { Problem } from '../../../terms/problem.ts';
import { checkCharacters, type Fail } from './characters.ts';
import type { SourceText } from './sourceText.ts';
import { unfinished } from './tags.ts';
import { checkName } from './scope.ts';

/** The XML declaration and processing instructions. */
const declaration =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>$/;

const delimiter = /[ \t\n?]/g;

const what = 'processing instruction name';

/**
 * The name of the instruction that begins at `at`; undefined when the text ends first. The caller handles the rest.
 * @param colons whether the name may contain a colon
 */
function instructionTarget(text: string, at: number, colons: boolean, fail: Fail): string | undefined {
  delimiter.lastIndex = at + 2;
  const end = delimiter.exec(text)?.index ?? text.length;
  const target = text.slice(at + 2, end);
  if (target !== '' || end < text.length) checkName(target, at + 2, what, fail);
  if (!colons && target.includes(':')) fail(`disallowed character in ${what}`, at + 3 + target.indexOf(':'));
  if (end + 1 >= text.length) return undefined;
  if (text.charAt(end) === '?' && text.charAt(end + 1) !== '>')
    fail(`disallowed character in ${what}`, end + 2);
  if (target.toLowerCase() === 'xml' && target !== 'xml')
    fail('an XML declaration must be at the start of the document', end);
  return target;
}

/** @param text a whole declaration; version 1.1 has no effect (2.8) @param first whether a declaration is allowed at its position */
function checkDeclaration(text: string, at: number, first: boolean, fail: Fail): void {
  if (!first) fail('an XML declaration must be at the start of the document', at + 6);
  if (!declaration.test(text)) fail('the XML declaration is malformed', at + text.length);
}

const commentStart = '<!--';
const cdataStart = '<![CDATA[';
const doctypeStart = '<!DOCTYPE';

interface Place {
  readonly inRoot: boolean;
  /** whether an XML declaration is allowed here */
  readonly first: boolean;
  /** whether the name of an instruction may contain a colon */
  readonly colons: boolean;
}

/**
 * @returns offset after the markup, or `unfinished`
 * @throws Problem xml_malformed, xml_doctype
 */
export function otherMarkup(text: string, at: number, place: Place, source: SourceText): number {
  if (text.startsWith('<?', at)) return instruction(text, at, place, source);
  if (text.startsWith(commentStart, at)) return comment(text, at, source);
  if (text.startsWith(cdataStart, at)) return cdata(text, at, place, source);
  const start = text.slice(at, at + doctypeStart.length).toUpperCase();
  if (start === doctypeStart) throw new Problem('xml_doctype', { line: source.lineAt(at) });
  const may = [commentStart, cdataStart, doctypeStart].some((word) => word.startsWith(start));
  return may ? unfinished : source.malformed('incorrect syntax', at + 3);
}

/** Content of a CDATA section; undefined for other markup. */
export const cdataText = (text: string, at: number, end: number): string | undefined =>
  text.startsWith(cdataStart, at) ? text.slice(at + cdataStart.length, end - 3) : undefined;

function comment(text: string, at: number, source: SourceText): number {
  const dashes = text.indexOf('--', at + commentStart.length);
  if (dashes < 0 || dashes + 2 === text.length) return unfinished;
  checkCharacters(text.slice(at, dashes), at, source.malformed);
  if (text.charAt(dashes + 2) !== '>') source.malformed('malformed comment', dashes + 3);
  return dashes + 3;
}

function cdata(text: string, at: number, place: Place, source: SourceText): number {
  const from = at + cdataStart.length;
  if (!place.inRoot) source.malformed('text data outside of root node', from);
  const close = text.indexOf(']]>', from);
  if (close < 0) return unfinished;
  checkCharacters(text.slice(from, close), from, source.malformed);
  return close + 3;
}

function instruction(text: string, at: number, place: Place, source: SourceText): number {
  const target = instructionTarget(text, at, place.colons, source.malformed);
  const close = text.indexOf('?>', at + 2);
  if (close < 0 || target === undefined) return unfinished;
  const whole = text.slice(at, close + 2);
  if (target === 'xml') checkDeclaration(whole, at, place.first, source.malformed);
  else checkCharacters(whole, at, source.malformed);
  return close + 2;
}
