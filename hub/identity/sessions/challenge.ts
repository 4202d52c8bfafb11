/**
 * Challenges for persons who are not identified yet. The hub stores nothing when it issues one, so strangers cannot fill a table. A
 * challenge carries its own time and the hub's MAC; the hub stores it once it is answered.
 */
import { createHmac, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { fromBase64url } from '../../../certs/base64url.ts';
import { Problem } from '../../../terms/problem.ts';
import { answerChallenge } from '../store/accounts.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { secretHash } from '../secrets/secrets.ts';

const lifeMilliseconds = 5 * 60_000;

const macOf = (key: KeyObject, use: string, head: Uint8Array): Buffer =>
  createHmac('sha256', key).update(`datong-challenge ${use}\n`).update(head).digest();

/** @param use purpose: an answer for one purpose is invalid for another. @param now Unix milliseconds @returns 56 bytes, base64url */
export function newChallenge(key: KeyObject, use: string, now: number): string {
  const head = Buffer.alloc(24);
  head.writeBigUInt64BE(BigInt(now + lifeMilliseconds));
  randomBytes(16).copy(head, 8);
  return Buffer.concat([head, macOf(key, use, head)]).toString('base64url');
}

export interface Challenged {
  /** Stores the answered challenge in the transaction of the act. @throws Problem challenge_invalid where it was answered before */
  readonly answer: (transaction: Transaction) => Promise<void>;
}

/** @throws Problem challenge_invalid: not issued by this hub, for another purpose, or too old */
export function checkChallenge(key: KeyObject, use: string, challenge: string, now: number): Challenged {
  // strict, because the answered challenge is stored as a hash of its text
  const bytes = fromBase64url(challenge) ?? Buffer.alloc(0);
  const head = bytes.subarray(0, 24);
  const genuine = bytes.length === 56 && timingSafeEqual(bytes.subarray(24), macOf(key, use, head));
  const expiresAt = genuine ? Number(head.readBigUInt64BE()) : 0;
  if (now >= expiresAt) throw new Problem('challenge_invalid');
  return {
    answer: async (transaction) => {
      const first = await answerChallenge(transaction, { hash: secretHash(challenge), expiresAt, now });
      if (!first) throw new Problem('challenge_invalid');
    },
  };
}
