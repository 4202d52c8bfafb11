import { failureOf, talk } from '../verb.ts';

/** Says that a further certificate of the root has no place to stay: what comes after uses it until the process ends. */
export function reportUnstoredRoot(error: unknown): void {
  const { text } = failureOf(error);
  talk({
    zh: `枢纽的根证书已延长，但存不下：${text.zh}`,
    en: `the certificate of the hub's root was prolonged, and it cannot be stored: ${text.en}`,
  });
}
