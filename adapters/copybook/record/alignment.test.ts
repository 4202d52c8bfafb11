import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../../../terms/problem.ts';
import { encodeEbcdic } from '../fixtures/hostBytes.ts';
import { firstRecord, layoutOf, readHost } from '../fixtures/readHost.ts';

/** `PATH at`, in the order in which the fields are read. */
const places = async (copybook: string, options: object = {}, bytes?: Uint8Array): Promise<string[]> => {
  const { length, fields } = await layoutOf(copybook, options, bytes);
  return [...fields.map(({ path, at }) => `${path} ${at}`), `end ${length}`];
};
const refused = (error: unknown): boolean =>
  error instanceof Problem && error.code === 'copybook_invalid' && /line 3 .*SYNC/.test(error.message);

describe('slack bytes of SYNCHRONIZED items', () => {
  test('halfword up to four digits, fullword up to eighteen, COMP-1 fullword, COMP-2 doubleword', async () => {
    const copybook = `01 R.
 05 X1 PIC X.
 05 A PIC S9(4) COMP SYNC.
 05 X2 PIC X.
 05 B PIC S9(5) BINARY SYNCHRONIZED RIGHT.
 05 X3 PIC X.
 05 C PIC S9(18) COMP-5 SYNC LEFT.
 05 X4 PIC X.
 05 D COMP-1 SYNC.
 05 X5 PIC X.
 05 E SYNC COMP-2.
 05 X6 PIC X.
`;
    assert.deepEqual(await places(copybook), [
      ...['X1 0', 'A 2', 'X2 4', 'B 8', 'X3 12', 'C 16', 'X4 24', 'D 28', 'X5 32', 'E 40', 'X6 48'],
      'end 49',
    ]);
  });

  test('other usages have no boundary; SYNC of a group holds for the fields in it', async () => {
    const copybook = `01 R SYNC.
 05 A PIC X.
 05 B PIC X(3).
 05 C PIC S9(5) COMP-3.
 05 D PIC 9(3).
 05 E PIC S9(9) COMP.
`;
    assert.deepEqual(await places(copybook), ['A 0', 'B 1', 'C 4', 'D 7', 'E 12', 'end 16']);
    assert.deepEqual((await places(copybook.replace(' SYNC', ''))).at(-2), 'E 10');
  });

  test('a group that begins with such an item begins on its boundary', async () => {
    const inside = `01 R.
 05 A PIC X(5).
 05 G.
  10 B PIC XX.
  10 C PIC S9(6) COMP SYNC.
`;
    assert.deepEqual(await places(inside), ['A 0', 'G/B 5', 'G/C 8', 'end 12']);
    const before = `01 R.
 05 A PIC X(5).
 05 G.
  10 H.
   15 C PIC S9(6) COMP SYNC.
 05 V REDEFINES G PIC X(4).
`;
    assert.deepEqual(await places(before), ['A 0', 'G/H/C 8', 'V 8', 'end 12']);
  });

  test('every occurrence of a group is filled up, so that all have one layout', async () => {
    const table = `01 R.
 05 CODE PIC X.
 05 T OCCURS 3.
  10 KIND PIC X.
  10 PAY PIC S9(4)V99 COMP SYNC.
  10 HRS PIC S9(3) COMP SYNC.
  10 NAME PIC X(5).
`;
    const bytes = Buffer.alloc(49, 0x40);
    for (const [i, name] of ['LI', 'WANG', 'CHEN'].entries()) {
      const at = 1 + i * 16;
      bytes.write('\u00c1', at, 'latin1');
      bytes.writeInt32BE(100 * (i + 1), at + 3);
      bytes.writeInt16BE(i + 7, at + 7);
      encodeEbcdic(name).copy(bytes, at + 9);
    }
    assert.equal((await layoutOf(table)).length, 49);
    assert.deepEqual(await firstRecord(table, bytes), {
      CODE: '',
      T: [
        { KIND: 'A', PAY: '1.00', HRS: 7, NAME: 'LI' },
        { KIND: 'A', PAY: '2.00', HRS: 8, NAME: 'WANG' },
        { KIND: 'A', PAY: '3.00', HRS: 9, NAME: 'CHEN' },
      ],
    });
  });

  test('lists in lists are filled up to the widest boundary in them', async () => {
    const nested = `01 R.
 05 O OCCURS 2.
  10 I OCCURS 2.
   15 H PIC S9(4) COMP SYNC.
   15 X PIC X.
  10 D COMP-2 SYNC.
  10 Z PIC X.
`;
    assert.deepEqual(await places(nested), [
      ...['O/I/H 0', 'O/I/X 2', 'O/I/H 4', 'O/I/X 6', 'O/D 8', 'O/Z 16'],
      ...['O/I/H 24', 'O/I/X 26', 'O/I/H 28', 'O/I/X 30', 'O/D 32', 'O/Z 40', 'end 48'],
    ]);
  });

  test('after OCCURS DEPENDING ON the bytes are those of the full list, also where the list takes fewer', async () => {
    const copybook = `01 R.
 05 N PIC 9.
 05 T PIC X OCCURS 0 TO 5 DEPENDING ON N.
 05 B PIC S9(9) COMP SYNC.
`;
    const slot = Buffer.concat([encodeEbcdic('2ab   ??'), Buffer.from([0, 0, 1, 0])]);
    assert.deepEqual(await firstRecord(copybook, slot), { N: 2, T: ['a', 'b'], B: 256 });
    const short = Buffer.concat([encodeEbcdic('2ab??'), Buffer.from([0, 0, 1, 0])]);
    const framed = Buffer.concat([Buffer.from([0, short.length, 0, 0]), short]);
    assert.deepEqual(await firstRecord(copybook, framed, { recordFormat: 'V', variableSizeOccurs: true }), {
      N: 2,
      T: ['a', 'b'],
      B: 256,
    });
  });

  test('a view whose place is not on its boundary is refused with its line: no slack bytes go before it', async () => {
    const copybook = (before: string): string => `01 R.
 05 A PIC X(4).
 05 B ${before}PIC S9(9) COMP SYNC.
`;
    assert.deepEqual(await places(copybook('REDEFINES A ')), ['A 0', 'B 0', 'end 4']);
    const odd = copybook('REDEFINES A ')
      .replace('01 R.\n', '01 R.\n 05 X PIC X.\n')
      .replace('X(4).\n', 'X(4). ');
    await assert.rejects(readHost(odd, Buffer.alloc(9)), refused);
  });

  test('numbers of three, five, six or seven bytes have no boundary', async () => {
    const copybook = '01 R.\n 05 A PIC X.\n 05 B PIC 9(7) COMP SYNC.\n';
    assert.deepEqual(await places(copybook, { binarySize: '2-4-8' }), ['A 0', 'B 4', 'end 8']);
    await assert.rejects(readHost(copybook, Buffer.alloc(4), { binarySize: '1-8' }), refused);
  });
});

interface Node {
  readonly leaf: keyof typeof leaves;
  readonly times: number;
  readonly children: readonly Node[];
}

/** Size and boundary. */
const leaves = {
  'PIC X': [1, 1],
  'PIC X(3)': [3, 1],
  'PIC S9(4) COMP': [2, 2],
  'PIC S9(9) COMP': [4, 4],
  'PIC S9(18) COMP': [8, 4],
  'COMP-1': [4, 4],
  'COMP-2': [8, 8],
} as const;

/** The rules once more, applied item by item over memory. @returns the byte after the item */
function walk(node: Node, from: number, found: number[]): number {
  const fields = (one: Node): Node[] => (one.children.length === 0 ? [one] : one.children.flatMap(fields));
  const boundaries = fields(node).map(({ leaf }) => leaves[leaf][1]);
  const up = (at: number, boundary: number): number => Math.ceil(at / boundary) * boundary;
  let at = up(from, boundaries[0] ?? 1);
  for (let n = 0; n < node.times; n += 1) {
    const start = at;
    if (node.children.length === 0) found.push(at);
    at =
      node.children.length === 0
        ? at + leaves[node.leaf][0]
        : node.children.reduce((end, child) => walk(child, end, found), at);
    if (node.times > 1) at = start + up(at - start, Math.max(...boundaries));
  }
  return at;
}

test('500 random layouts with lists in lists', async () => {
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.record({
      leaf: fc.constantFrom(...(Object.keys(leaves) as (keyof typeof leaves)[])),
      times: fc.constantFrom(1, 1, 2, 3),
      children: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'layout' },
        fc.constant([]),
        fc.array(tie('node'), { minLength: 1, maxLength: 3, depthIdentifier: 'layout' }),
      ),
    }),
  }));
  await fc.assert(
    fc.asyncProperty(fc.array(node, { minLength: 1, maxLength: 4 }), async (nodes) => {
      const lines = ['01 R.'];
      const write = ({ leaf, times, children }: Node, level: number): void => {
        const what = children.length > 0 ? '' : ` ${leaf} SYNC`;
        lines.push(` ${level} F${lines.length}${what}${times === 1 ? '' : ` OCCURS ${times}`}.`);
        for (const child of children) write(child, level + 5);
      };
      for (const one of nodes) write(one, 10);
      const found: number[] = [];
      const end = nodes.reduce((at, one) => walk(one, at, found), 0);
      const { length, fields } = await layoutOf(`${lines.join('\n')}\n`);
      assert.deepEqual(
        fields.map(({ at }) => at),
        found,
      );
      assert.equal(length, end);
    }),
    { seed: 4, numRuns: 500 },
  );
});
