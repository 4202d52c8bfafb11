import assert from 'node:assert/strict';
import { test } from 'node:test';
import { papersByDigest, type RequestWithPapers } from './papersByDigest.ts';

const digest = (letter: string): string => letter.repeat(64);
const papers = { commitment: digest('a'), basisText: digest('b') };
const request: RequestWithPapers = {
  papers: { ...papers, basisText: digest('c') },
  document: { assessment: digest('d') },
  events: [{ papers }, {}, { papers: { ...papers, basisText: digest('c') } }],
};

test('each paper is reported by its digest, one that was replaced as such, and any other file as none', () => {
  const found = (letter: string) =>
    papersByDigest(request, digest(letter)).map(
      ({ kind, replaced }) => `${kind}${replaced ? ' before' : ''}`,
    );
  assert.deepEqual(['a', 'b', 'c', 'd', 'e'].map(found), [
    ['commitment'],
    ['basisText before'],
    ['basisText'],
    ['assessment'],
    [],
  ]);
});

test('one file that is two papers is reported as both, and a request without a text of the basis has none', () => {
  const both = { ...request, papers: { commitment: digest('a'), basisText: digest('a') }, events: [] };
  assert.deepEqual(
    papersByDigest(both, digest('a')).map(({ kind }) => kind),
    ['basisText', 'commitment'],
  );
  const { commitment } = papers;
  assert.deepEqual(papersByDigest({ papers: { commitment }, document: {}, events: [] }, digest('b')), []);
});
