import type { Finding } from './finding.ts';
import { pointerTo } from './jsonSchema.ts';
import { newReport } from './lint/report.ts';
import type { LintCode } from './lint/rules.ts';

/**
 * Why the validator refused a document, as a finding at the place it means. Its strict mode asks a few things more than lint does, and says
 * them in words of its own: the known ones are told in ours.
 */
export function compileFailure(error: unknown): Finding[] {
  const reason = error instanceof Error ? error.message : '';
  const { findings, report } = newReport();
  const place = placeIn(reason);
  for (const { form, code, keyword, facts } of complaints) {
    const found = form.exec(reason);
    if (found === null) continue;
    report(code, keyword === undefined ? place : pointerTo(place, found[keyword] ?? ''), facts(found));
    return findings;
  }
  report('compile_failed', place, { reason: reason.slice(0, 200) });
  return findings;
}

interface Complaint {
  readonly form: RegExp;
  readonly code: LintCode;
  /** which part of the form is the keyword that the finding points at */
  readonly keyword?: number;
  readonly facts: (found: RegExpExecArray) => Readonly<Record<string, string>>;
}

const complaints: readonly Complaint[] = [
  {
    form: /missing type "([\w,]+)" for keyword "([\w-]+)"/,
    code: 'keyword_idle_type',
    keyword: 2,
    facts: ([, types = '', keyword = '']) => ({ keyword, types }),
  },
  {
    form: /type "(\w+)" not allowed by context "([\w,]*)"/,
    code: 'type_contradicts',
    facts: ([, type = '', types = '']) => ({ type, types }),
  },
  {
    form: /required property "(.*)" is not defined at "/s,
    code: 'required_unknown',
    facts: ([, name = '']) => ({ name }),
  },
];

/** The JSON pointer in `… at "urn:datong:x:1.0#/properties/a" (strictTypes)`; empty, the root, where the validator names no place. */
function placeIn(reason: string): string {
  const fragment = / at (?:path )?"[^"#]*#(\/[^"]*)"/.exec(reason)?.[1] ?? '';
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
