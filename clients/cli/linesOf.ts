import type { Readable } from 'node:stream';

/**
 * Lines of a UTF-8 text, without `\n` or `\r\n`. readline would also end a line at U+2028, U+2029 and a single `\r`, and the first two may
 * occur in a string of JSON.
 */
export async function* linesOf(input: Readable): AsyncGenerator<string> {
  input.setEncoding('utf8');
  let held: string[] = [];
  const line = (): string => {
    const whole = held.join('');
    held = [];
    return whole.endsWith('\r') ? whole.slice(0, -1) : whole;
  };
  for await (const chunk of input as AsyncIterable<string>) {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      held.push(chunk.slice(from, end));
      yield line();
      from = end + 1;
    }
    if (from < chunk.length) held.push(chunk.slice(from));
  }
  if (held.length > 0) yield line();
}
