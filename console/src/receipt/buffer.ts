/** Node's Buffer for the log's verification, with the base64url that the package lacks. */
import { Buffer } from 'buffer/';

const plain = (text: string): string => text.replaceAll('-', '+').replaceAll('_', '/');
const from = Buffer.from.bind(Buffer) as (...given: readonly unknown[]) => Buffer;
Buffer.from = ((value: unknown, encoding?: unknown, length?: unknown) =>
  encoding === 'base64url' && typeof value === 'string'
    ? from(plain(value), 'base64')
    : from(value, encoding, length)) as typeof Buffer.from;

const bytesOf = Buffer.prototype;
const written = Object.getOwnPropertyDescriptor(bytesOf, 'toString')?.value as (
  this: Buffer,
  ...given: readonly unknown[]
) => string;
bytesOf.toString = function (this: Buffer, encoding?: BufferEncoding, start?: number, end?: number): string {
  if (encoding !== 'base64url') return written.call(this, encoding, start, end);
  const text = written.call(this, 'base64', start, end);
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

(globalThis as { Buffer?: unknown }).Buffer = Buffer;

export { Buffer };
