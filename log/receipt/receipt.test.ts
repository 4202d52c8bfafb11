/** What a receipt is as the text of a header: the JSON of its members, with any content, and what is read of it is what was written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { saltLength } from '../commitment.ts';
import { tlogProofText } from '../tlogProof.ts';
import { parseReceipt, receiptText } from './receipt.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const receipts = fc.record({
  exchange: fc.string({ unit: 'binary', maxLength: 64 }),
  leaf: fc.uint8Array({ maxLength: 300 }),
  openings: fc.oneof(fc.constant({}), fc.record({ reply: bytes(saltLength) })),
  proof: fc.record({
    index: fc.nat(),
    path: fc.array(bytes(32), { maxLength: 4 }),
    checkpoint: fc.string({ unit: 'binary' }).map((body) => `${body}\n\n— log.example/1 c2lnbmVk\n`),
  }),
});

test('the header is the JSON of the members in base64url, with no letter more or less', () => {
  fc.assert(
    fc.property(receipts, (receipt) => {
      const { exchange, leaf, openings, proof } = receipt;
      const { reply } = openings as { readonly reply?: Uint8Array };
      const json = JSON.stringify({
        v: 1,
        exchange,
        leaf: Buffer.from(leaf).toString('base64'),
        openings: reply === undefined ? {} : { reply: Buffer.from(reply).toString('base64url') },
        proof: tlogProofText(proof),
      });
      assert.equal(receiptText(receipt), Buffer.from(json).toString('base64url'));
    }),
  );
});

test('what is read of a header is what was written', () => {
  fc.assert(
    fc.property(receipts, (receipt) => {
      const read = parseReceipt(
        receiptText({ ...receipt, exchange: '0192e4a0-0000-7000-8000-000000000001' }),
      );
      assert.deepEqual(Buffer.from(read.leaf), Buffer.from(receipt.leaf));
      assert.deepEqual(tlogProofText(read.proof), tlogProofText(receipt.proof));
      assert.deepEqual(read.openings.reply && Buffer.from(read.openings.reply), salted(receipt.openings));
    }),
  );
});

const salted = (openings: { readonly reply?: Uint8Array }): Buffer | undefined =>
  openings.reply && Buffer.from(openings.reply);
