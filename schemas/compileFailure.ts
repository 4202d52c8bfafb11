import type { Finding } from './finding.ts';
import { newReport } from './lint/report.ts';

/** What Ajv said when it refused a document, as a finding: its strict mode asks a few things more than lint does. */
export function compileFailure(error: unknown): Finding[] {
  const reason = error instanceof Error ? error.message : '';
  const { findings, report } = newReport();
  report('compile_failed', placeIn(reason), { reason: reason.slice(0, 200) });
  return findings;
}

/** The JSON pointer in `… at "urn:datong:x:1.0#/properties/a" (strictTypes)`; empty, the root, where Ajv names no place. */
function placeIn(reason: string): string {
  const fragment = / at (?:path )?"[^"#]*#(\/[^"]*)"/.exec(reason)?.[1] ?? '';
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}
