import type { RequestHead } from '../../certs/message.ts';
import { Problem } from '../../terms/problem.ts';

/** A header that may come once: two readers could each believe another one. @param name lower case. @throws Problem header_duplicate */
export function headerOf({ rawHeaders }: Pick<RequestHead, 'rawHeaders'>, name: string): string | undefined {
  let found: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== name) continue;
    if (found !== undefined) throw new Problem('header_duplicate', { name }, { at: name });
    found = rawHeaders[i + 1];
  }
  return found;
}
