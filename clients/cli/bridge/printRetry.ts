import { failureOf, talk } from '../verb.ts';

/** Reports a failure that is tried again; the same one at most every ten seconds. */
export function printRetry(): (error: unknown) => void {
  let lastText = '';
  let lastMs = 0;
  return (error) => {
    const { text } = failureOf(error);
    if (text.en === lastText && performance.now() - lastMs < 10_000) return;
    lastText = text.en;
    lastMs = performance.now();
    talk({ zh: `稍后再试：${text.zh}`, en: `trying again: ${text.en}` });
  };
}
