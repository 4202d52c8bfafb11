import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchable, soughtIn, synonymsOf } from './catalogue.ts';
import { pinyinOf } from '../../terms/pinyin.ts';

const synonyms = synonymsOf([{ zh: '户籍、户口、户主' }, { zh: '社保、社会保险' }]);
const pieces = (question: string): string[][] =>
  soughtIn(question, synonyms).pieces.map((piece) => piece.map(({ text }) => text));

test('a question is cut at known words, words without meaning are left out, and synonyms replace each other', () => {
  assert.deepEqual(pieces('户籍信息'), [['户籍', '户口', '户主']]);
  assert.deepEqual(pieces('儿童户口数据'), [['儿童'], ['户口', '户籍', '户主']]);
  assert.deepEqual(pieces('信息'), [['信息']], 'alone it is what is looked for');
  assert.deepEqual(pieces('婚姻登记'), [['婚姻登记']]);
  assert.deepEqual(pieces(''), []);
});

test('pinyin is searched as pinyin, and a typed synonym as its words; short Latin words are words', () => {
  assert.deepEqual(pieces('hunyin'), [['hunyin', 'ｈｕｎｙｉｎ']]);
  assert.deepEqual(pieces('shebao'), [['shebao', 'ｓｈｅｂａｏ', '社保', '社会保险']]);
  assert.deepEqual(pieces('id'), [['id']]);
  assert.deepEqual(pinyinOf('户籍人口'), ['hujirenkou', 'hjrk']);
  assert.deepEqual(pinyinOf('长者'), ['changzhe', 'zhangzhe', 'cz', 'zz']);
  assert.deepEqual(pinyinOf('〇一'), []);
});

test('what is found holds the text, its pinyin and the pairs of both', () => {
  const { words, grams, titleWords } = searchable(['户籍 A1'], ['户籍']);
  assert.equal(words, '户籍 a1 ｈｕｊｉ ｈｊ');
  assert.equal(titleWords, '户籍 ｈｕｊｉ ｈｊ');
  for (const gram of ['户籍', 'a1', 'ｕｊ']) assert.ok(grams.includes(gram), gram);
  assert.ok(!grams.includes('hu'));
});
