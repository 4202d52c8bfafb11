/** The XML declaration and processing instructions. */
import type { Fail } from './characters.ts';
import { checkName } from './scope.ts';

const declaration =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>$/;

const delimiter = /[ \t\n?]/g;
const what = 'processing instruction name';

/**
 * The name of the instruction that begins at `at`; undefined when the text ends before it does. What follows it is for others.
 * @param colons whether the name may hold a colon
 */
export function instructionTarget(text: string, at: number, colons: boolean, fail: Fail): string | undefined {
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

/** @param text a whole declaration; that it says version 1.1 changes nothing (2.8) @param first whether it stands where it may */
export function checkDeclaration(text: string, at: number, first: boolean, fail: Fail): void {
  if (!first) fail('an XML declaration must be at the start of the document', at + 6);
  if (!declaration.test(text)) fail('the XML declaration is malformed', at + text.length);
}
