/** Calls recorded by scripts/examples/recorder.mjs, as far as they succeeded and match the contract. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Example } from '../../hub/platform/http/contract/curlExample.ts';
import { answerFault, operationAt } from '../../tests/contractAnswers.ts';
import { defined } from '../../terms/defined.ts';

interface Line {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** bytes as latin1 */
  readonly asked: string;
  readonly answered: string;
  readonly status: number;
  readonly type: string;
}

/** Headers that describe the call; credentials, signatures and addresses do not. */
const reported = new Set([
  'datong-purpose',
  'datong-agreement',
  'datong-on-behalf-of',
  'datong-matter',
  'datong-idempotency-key',
  'range',
]);
const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

export function* recordedCalls(
  folder: string,
): Generator<{ readonly operationId: string; readonly example: Example }> {
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.ndjson')))
    for (const text of readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)) {
      const line = JSON.parse(text) as Line;
      const operationId = operationAt(line.method, line.url);
      const example = operationId === '' || line.status >= 300 ? undefined : exampleOf(line);
      if (example === undefined) continue;
      const isJson = line.type.startsWith('application/json');
      if (isJson && answerFault(operationId, line.status, example.answer) !== '') continue;
      yield { operationId, example };
    }
}

function exampleOf({
  method,
  url,
  headers,
  asked: requested,
  status,
  type,
  answered,
}: Line): Example | undefined {
  const isText = /^(?:application\/(?:json|x-ndjson)|text\/)/.test(type);
  try {
    const answer: unknown = type.startsWith('application/json')
      ? JSON.parse(utf8(answered))
      : isText
        ? utf8(answered).slice(0, 1_500)
        : answered === ''
          ? null
          : `(${answered.length} bytes)`;
    const body: unknown =
      headers['content-type']?.startsWith('application/json') === true && requested !== ''
        ? JSON.parse(utf8(requested))
        : undefined;
    return {
      method,
      path: url,
      headers: Object.fromEntries(Object.entries(headers).filter(([name]) => reported.has(name))),
      ...defined({ body }),
      status,
      type,
      answer,
    };
  } catch {
    return undefined; // longer than the recorded part of a call
  }
}
