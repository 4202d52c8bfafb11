/**
 * Where a page ended, as an opaque text: encrypted and authenticated (AES-256-GCM), bound to who asked what under which policy.
 * A cursor of another caller, agreement, policy or filter does not open.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, type KeyObject } from 'node:crypto';
import { fromBase64url } from '../../certs/base64url.ts';
import { canonicalJsonOfRow } from '../../terms/canonicalJson.ts';
import { Problem } from '../../terms/problem.ts';
import type { Position } from './rows/store/fetch.ts';

export interface CursorContext {
  readonly consumer: string;
  readonly agreement: string;
  readonly policy: string;
  readonly dataset: string;
  /** fields, filter and sort of the request, as JSON text */
  readonly query: string;
}

export interface CursorState {
  /** batch the first page was read from; undefined for a dataset without batches of its own */
  readonly batch: string | undefined;
  readonly position: Position;
  /** periods of the dataset that had been destroyed when the first page was asked for; undefined where its rows are not partitioned by period */
  readonly gone?: number | undefined;
}

/** How the place where a page ended is written down. */
export interface Cursors {
  /** @throws Problem cursor_too_long */
  readonly seal: (context: CursorContext, state: CursorState) => string;
  /** @throws Problem cursor_invalid */
  readonly open: (context: CursorContext, cursor: string) => CursorState;
}

/** Of cursors that callers bring back. */
export const sealedCursors = (key: KeyObject): Cursors => ({
  seal: (context, state) => sealCursor(key, context, state),
  open: (context, cursor) => openCursor(key, context, cursor),
});

/** Of cursors that the reader of pages stores itself and passes to no one. */
export const ownCursors: Cursors = {
  seal: (_, state) => JSON.stringify(state),
  open: (_, cursor) => JSON.parse(cursor) as CursorState,
};

const bound = (context: CursorContext): Buffer =>
  createHash('sha256')
    .update(canonicalJsonOfRow({ ...context }))
    .digest();

/** Bytes that a cursor is filled up to a multiple of: its length reveals nothing of the row it ends at. */
const cursorStep = 256;

/** Bytes of a cursor; `SealedCursor` of openapi.yaml allows as many, in base64url. */
const maxCursorBytes = 49_152;

function padded(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8');
  return Buffer.concat([bytes, Buffer.alloc(cursorStep - (bytes.length % cursorStep), ' ')]);
}

/** @throws Problem cursor_too_long where the page ends at a value that no cursor can hold */
export function sealCursor(key: KeyObject, context: CursorContext, state: object): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound(context));
  const sealed = Buffer.concat([cipher.update(padded(JSON.stringify(state))), cipher.final()]);
  if (28 + sealed.length > maxCursorBytes) throw new Problem('cursor_too_long', { most: maxCursorBytes });
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
}

/** @throws Problem cursor_invalid */
export const openCursor = (key: KeyObject, context: CursorContext, cursor: string): CursorState =>
  openSealed(key, context, cursor) as CursorState; // only this hub could have sealed it

/** @returns what `sealCursor` sealed for the same context @throws Problem cursor_invalid */
export function openSealed(key: KeyObject, context: CursorContext, cursor: string): unknown {
  const bytes = fromBase64url(cursor);
  if (bytes === undefined || bytes.length < 28 || bytes.length > maxCursorBytes)
    throw new Problem('cursor_invalid');
  try {
    const opener = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
    opener.setAAD(bound(context)).setAuthTag(bytes.subarray(12, 28));
    const text = Buffer.concat([opener.update(bytes.subarray(28)), opener.final()]).toString('utf8');
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Problem('cursor_invalid', {}, { cause: error });
  }
}
