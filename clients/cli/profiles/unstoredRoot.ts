import { failureOf, talk } from '../verb.ts';

/** Reports that a further certificate of the root cannot be stored: the process uses it until it ends. */
export function reportUnstoredRoot(error: unknown): void {
  const { text } = failureOf(error);
  talk({
    zh: `枢纽的根证书已延长，但存不下：${text.zh}`,
    en: `the certificate of the hub's root was prolonged, and it cannot be stored: ${text.en}`,
  });
}
