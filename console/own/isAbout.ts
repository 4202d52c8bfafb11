import type { Schemas } from './ask.ts';

interface About {
  /** code of the department */
  readonly recipient: string;
  readonly dataset: string;
  readonly purpose: string;
}

/** Whether a consent has this recipient, dataset and purpose. */
export const isAbout = (
  consent: Schemas['SubjectView']['consents'][number],
  { recipient, dataset, purpose }: About,
): boolean =>
  consent.recipient === recipient && consent.dataset === dataset && consent.purposes.includes(purpose);
