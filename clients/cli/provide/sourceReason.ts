/** Why a source cannot be read, as it is shown to the department that runs the connector. */
import { asIs, type Bilingual } from '../../../terms/bilingual.ts';
import { defined } from '../../../terms/defined.ts';
import { fileFault } from '../../../terms/faultWords.ts';
import { Problem } from '../../../terms/problem.ts';
import { LiveFailure } from '../../sdk/liveConnection.ts';

/** A reason in this program's own words, without a value of any row. */
export class OwnReason extends Error {
  readonly text: Bilingual;
  readonly next: Bilingual | undefined;

  constructor(text: Bilingual, next?: Bilingual) {
    super(text.en);
    this.name = 'OwnReason';
    this.text = text;
    this.next = next;
  }
}

export interface SourceReason {
  readonly text: Bilingual;
  /** of a Problem */
  readonly findings: readonly unknown[];
  readonly next?: Bilingual;
}

/** @param isLogged an error of a database or a library is named by its code, as its message may repeat a value */
export function sourceReason(error: unknown, { isLogged }: { readonly isLogged: boolean }): SourceReason {
  const cause = error instanceof LiveFailure ? (error.cause ?? error) : error;
  if (cause instanceof OwnReason) return { text: cause.text, findings: [], ...defined({ next: cause.next }) };
  if (cause instanceof Problem)
    return { text: cause.text, findings: cause.extras.findings ?? [], next: cause.next };
  const text = cause instanceof Error ? errorText(cause, isLogged) : asIs(isLogged ? '' : String(cause));
  return { text, findings: [] };
}

function errorText(error: Error, isLogged: boolean): Bilingual {
  const { code, path } = error as { readonly code?: unknown; readonly path?: unknown };
  const name = typeof code === 'string' ? code : error.name;
  const file = typeof path === 'string' ? fileFault(name) : undefined;
  if (file === undefined) return asIs(isLogged ? name : error.message);
  return isLogged ? file : { zh: `${String(path)}：${file.zh}`, en: `${String(path)}: ${file.en}` };
}
