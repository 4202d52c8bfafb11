import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeGb18030 } from '../../../terms/gb18030.ts';
import { insideMarks, withoutMarks } from './spreadsheetMarks.ts';
import { suspectText } from './textBlock.ts';
import { textSign, visibleText } from './textSigns.ts';
import { readsAsUtf8, utf8Lines } from './utf8Lines.ts';

describe('signs in texts', () => {
  test('characters that cannot be seen', () => {
    for (const mark of '\u0007\u001f\u007f\u0085\u00ad\u200b\u200f\u202d\u2028\u2060\u2066\ufeff') {
      assert.equal(textSign(`张${mark}三`), 'text.invisible', mark.codePointAt(0)?.toString(16));
      assert.equal(visibleText(`张${mark}三${mark}`), '张三');
    }
    for (const text of ['张三', 'a\tb', 'line\r\nend', 'Müller', '\u3000张 三\u00a0', '👨 𠮷'])
      assert.equal(textSign(text), undefined, text);
  });

  test('what wrong decoding leaves', () => {
    for (const text of ['锟斤拷', '烫烫', '屯屯', '温度烫烫烫', 'ï¿½', 'MÃ¤rz', 'caf\u00c3\u00a9', 'donâ€™t'])
      assert.equal(textSign(text), 'encoding.mojibake', text);
    for (const text of ['大屯屯子', '烫伤', '锟', 'ÂGE', 'naïve', 'São', 'JOÃO'])
      assert.equal(textSign(text), undefined, text);
  });

  test('each sign is one that a whole block is asked for first', () => {
    for (const text of [
      '锟斤拷',
      '烫烫',
      '屯屯',
      'ï¿½',
      'Ã¤',
      'â€™',
      'Â°',
      '\u200b',
      '\u0007',
      '\0',
      '\ue000',
    ])
      assert.equal(suspectText(`张三${text}`), true, text);
    assert.equal(suspectText('张三,440106199001011234,"a=1"\r\n'), false);
  });

  test('a megabyte of any one character takes no longer than one check', () => {
    const started = performance.now();
    for (const one of ['锟', '烫', 'Ã', 'ï', '\u200b', '=', '"', "'", '1', '\t']) {
      const text = one.repeat(1_000_000);
      textSign(text);
      visibleText(text);
      withoutMarks(text);
      withoutMarks(`'${text}!`);
    }
    // begins like misread text; the signs of lost characters are not at its end
    assert.equal(textSign(`寮犱${'\ufffd'.repeat(100_000)}中`), undefined);
    assert.ok(performance.now() - started < 5_000, 'some expression goes back over its text');
  });
});

test('marks of spreadsheets are taken off, and nothing else', () => {
  for (const [marked, value] of [
    ['="00123"', '00123'],
    ['="张三"', '张三'],
    ['=""', ''],
    ['\t00123', '00123'],
    ['00123\t', '00123'],
    ['\u001f440106199001011234', '440106199001011234'],
    ["'440106199001011234", '440106199001011234'],
    ["'00-1A", '00-1A'],
    ['\t="1"\t', '1'],
  ] as const)
    assert.equal(withoutMarks(marked), value, marked);
  for (const text of [
    "'s-Hertogenbosch",
    "O'Brien",
    "'quoted 1'",
    '=1+2',
    '="a"&"b"',
    '="',
    '',
    '张三',
    'a\tb',
  ])
    assert.equal(withoutMarks(text), text);
  const cell = '=""00045""';
  const range = insideMarks(cell, 0, cell.length, true);
  assert.equal(cell.slice(range?.start, range?.end), '00045');
});

test('UTF-8 is distinguished from GBK and from code pages, line by line', () => {
  const utf8 = Buffer.from('2,李四,教育局');
  assert.equal(readsAsUtf8(utf8), true);
  assert.equal(readsAsUtf8(encodeGb18030('1,张三,民政局')), false);
  assert.equal(readsAsUtf8(encodeGb18030('岑红波')), false, 'a name whose bytes are strict UTF-8 by chance');
  assert.equal(readsAsUtf8(Buffer.from('plain')), false);
  assert.equal(readsAsUtf8(Buffer.from('Müller, é, ö, ß')), false, 'characters of two bytes prove nothing');
  assert.equal(readsAsUtf8(utf8.subarray(0, -1)), false, 'cut in two');
  for (const end of ['\n', '\r\n', '\r']) {
    const lineEnd = Buffer.from(end);
    const lines = [encodeGb18030('1,张三'), lineEnd, utf8, lineEnd, Buffer.from('3,x'), lineEnd, utf8];
    assert.deepEqual(utf8Lines(Buffer.concat(lines)), [1, 3], JSON.stringify(end));
  }
});
