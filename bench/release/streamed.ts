/** A masked stream of a register: benches request it, and another process reads it. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { signNow } from '../../machine/signNow.ts';
import type { City, TestHub } from '../../tests/hub.ts';
import { applyGrant } from '../../tests/policyWith.ts';

export const streamedDataset = 'pub-security.household';

/** Grants streams and files of them, without naming subjects. */
export const grantStreams = (hub: TestHub, city: City): Promise<void> =>
  applyGrant(hub, city, 'household/agreement.yaml', 2, (grant) => ({
    ...grant,
    requires: ['on-behalf-of', 'matter'],
    deliveries: ['stream', 'export'],
    limits: { rowsPerCall: 10 },
  }));

export interface Read {
  readonly bytes: number;
  readonly lines: number;
  readonly milliseconds: number;
  /** whether its last line is its end */
  readonly whole: boolean;
}

/** Has the other process read a whole stream (readStream.mjs). @param question parameters of the stream; absent: all rows */
export async function askForStream(
  hub: TestHub,
  { education }: City,
  reader: ChildProcess,
  question: object = {},
): Promise<Read> {
  const targetUri = `${hub.hub.origins.exchange}/v1/datasets/${streamedDataset}/stream`;
  const body = Buffer.from(JSON.stringify(question));
  const headers = signNow({
    method: 'POST',
    targetUri,
    headers: {
      'content-type': 'application/json',
      'datong-purpose': 'school-enrolment',
      'datong-agreement': 'agr-school-enrolment',
      'datong-on-behalf-of': 'official-17',
      'datong-matter': 'YX-2026-000123',
    },
    body,
    key: education.signing,
  });
  const options = {
    method: 'POST',
    headers: { ...headers, 'content-length': body.length },
    ...{ ca: hub.ca, ...education.tls },
  };
  reader.send({ targetUri, options, body: body.toString('utf8') });
  const [read] = (await once(reader, 'message')) as [Read | { readonly error: string }];
  if ('error' in read) throw new Error(read.error);
  if (!read.whole) throw new Error('the stream was cut');
  return read;
}
