/**
 * What somebody is asked to answer before it is known who she is. Nothing is stored for it, so strangers fill no table: it carries its own
 * time and the hub's MAC, and is noted once it was answered.
 */
import { createHmac, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import { answerChallenge } from '../store/accounts.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { secretHash } from '../secrets/secrets.ts';

const lifeMilliseconds = 5 * 60_000;

const macOf = (key: KeyObject, use: string, head: Uint8Array): Buffer =>
  createHmac('sha256', key).update(`datong-challenge ${use}\n`).update(head).digest();

/** @param use what it is for: an answer to one thing answers no other. @param now Unix milliseconds @returns 56 bytes, base64url */
export function newChallenge(key: KeyObject, use: string, now: number): string {
  const head = Buffer.alloc(24);
  head.writeBigUInt64BE(BigInt(now + lifeMilliseconds));
  randomBytes(16).copy(head, 8);
  return Buffer.concat([head, macOf(key, use, head)]).toString('base64url');
}

export interface Challenged {
  /** Notes in the transaction of the act that it was answered. @throws Problem challenge_invalid where it was before */
  readonly answer: (transaction: Transaction) => Promise<void>;
}

/** @throws Problem challenge_invalid: not this hub's, for something else, or too old */
export function checkChallenge(key: KeyObject, use: string, challenge: string, now: number): Challenged {
  const bytes = Buffer.from(challenge, 'base64url');
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
