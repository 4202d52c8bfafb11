/**
 * Reads once what a department signed about its call. Texts are decoded here. Values that may not be stored permanently are dropped here,
 * regardless of the outcome of the call.
 */
import { decodeHeaderText } from '../../../certs/signatures/headers.ts';
import { caseNumberSigns } from '../../../terms/caseNumberSigns.ts';
import { Problem } from '../../../terms/problem.ts';
import { holdsIdentityNumber } from '../../domain/holdsIdentityNumber.ts';

export interface SignedContext {
  /** by name without `datong-`; only what was accepted */
  readonly signed: Readonly<Record<string, string>>;
  /** the problem of the first header that was not accepted */
  readonly refusedHeader?: Problem;
}

const maxCharacters = 100;
/** Percent-encoded headers, and the characters that their texts may have: an official is a pseudonym, never a name. */
const texts: ReadonlyMap<string, RegExp> = new Map([
  ['matter', new RegExp(`^[${caseNumberSigns}]{1,${maxCharacters}}$`, 'u')],
  ['on-behalf-of', new RegExp(`^[A-Za-z0-9._:/-]{1,${maxCharacters}}$`)],
]);
/** The log stores these headers, also for operations that do not require them. */
const codes: ReadonlyMap<string, RegExp> = new Map([
  ['purpose', /^[a-z0-9-]{2,60}$/],
  ['agreement', /^[a-z0-9-]{2,60}$/],
]);

/** @param sent signed `datong-*` headers as received, by name without the prefix */
export function signedContext(sent: Readonly<Record<string, string>>): SignedContext {
  const signed: Record<string, string> = {};
  let refusedHeader: Problem | undefined;
  for (const [name, value] of Object.entries(sent)) {
    const read = readHeader(name, value);
    if (read instanceof Problem) refusedHeader ??= read;
    else signed[name] = read;
  }
  return refusedHeader === undefined ? { signed } : { signed, refusedHeader };
}

function readHeader(name: string, value: string): string | Problem {
  const header = `datong-${name}`;
  const signs = texts.get(name);
  const text = signs === undefined ? value : decodeHeaderText(value);
  if (holdsIdentityNumber(text ?? value))
    return new Problem('header_identity_number', { name: header }, { check: 'headers', at: header });
  if (text === undefined || signs?.test(text) === false)
    return new Problem('header_text_malformed', { name: header }, { check: 'headers', at: header });
  if (codes.get(name)?.test(text) === false) {
    const pointer = `/header/${header}`;
    const findings = [{ pointer, rule: 'pattern', message: { zh: '应为编码', en: 'must be a code' } }];
    return new Problem('invalid_request', {}, { at: pointer, findings });
  }
  return text;
}
