import { failureOf, talk } from '../verb.ts';

/** Reports a failure that is tried again; the same one at most every ten seconds. */
export function printRetry(): (error: unknown) => void {
  let last = '';
  let at = 0;
  return (error) => {
    const { text } = failureOf(error);
    if (text.en === last && performance.now() - at < 10_000) return;
    last = text.en;
    at = performance.now();
    talk({ zh: `稍后再试：${text.zh}`, en: `trying again: ${text.en}` });
  };
}
