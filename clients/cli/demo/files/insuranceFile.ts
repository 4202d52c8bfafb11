/**
 * The file of 人力资源和社会保障局: payments of the last twelve months as their host exports them (samples/social-insurance has the copybook): 100
 * bytes a record, EBCDIC, packed amounts, no line ends.
 */
import { type Random, spread, enterpriseCode, type Resident } from './invented.ts';
import { lazily } from '../../../../terms/lazily.ts';
import { codePage } from '../../../../adapters/copybook/codePages/codePage.ts';
import { hostChinese } from '../../../../adapters/copybook/codePages/hostChinese.ts';

/**
 * Text and amounts as a host of CCSID 935 writes them: EBCDIC, Chinese in pairs between SO and SI, packed decimals. The adapters only read
 * these, so their tables are inverted here.
 */
const shiftOut = 0x0e;

const shiftIn = 0x0f;

const blank = 0x40;

const pairTable = lazily((): ReadonlyMap<number, number> => {
  const table = new Map<number, number>();
  for (let pair = 0x4141; pair <= 0xfefe; pair += 1) {
    const point = hostChinese(pair);
    if (point !== 0xfffd && !table.has(point)) table.set(point, pair);
  }
  return table;
});

/** A field of text, filled up with blanks. @throws RangeError for a text that is too long, or a character the host does not have */
function hostText(text: string, length: number): Uint8Array {
  const pairs = pairTable();
  const { table } = codePage('cp935');
  const bytes: number[] = [];
  let double = false;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const chinese = point >= 0x80;
    if (chinese !== double) bytes.push(chinese ? shiftOut : shiftIn);
    double = chinese;
    const code = chinese ? pairs.get(point) : table.indexOf(point, blank);
    if (code === undefined || code < 0) throw new RangeError(`U+${point.toString(16)} is not on the host`);
    if (chinese) bytes.push(code >> 8);
    bytes.push(code & 0xff);
  }
  if (double) bytes.push(shiftIn);
  if (bytes.length > length) throw new RangeError(`${bytes.length} bytes for a field of ${length}`);
  return Uint8Array.from({ length }, (_, i) => bytes[i] ?? blank);
}

/** COMP-3 of a whole number of units: two digits a byte, C in the last half byte. @param digits declared, odd. */
const packed = (units: number, digits: number): Uint8Array =>
  Buffer.from(`${String(units).padStart(digits, '0')}c`, 'hex');

const months = Array.from({ length: 12 }, (_, i) => ({
  year: i < 6 ? 2025 : 2026,
  month: String(((i + 6) % 12) + 1).padStart(2, '0'),
}));

/** Code of the host, and the rates of employee and employer in thousandths of the base. */
const insurances = [
  { code: '11', employeeRate: 80, employerRate: 160 },
  { code: '31', employeeRate: 20, employerRate: 95 },
] as const;

/** Offsets of fields in a record of the copybook, in bytes. */
const nameAt = 18;
const usccAt = 38;
const baseAt = 64;

/** Faults that such files have. Each is put into one record in turn. */
const spoilers: readonly ((record: Uint8Array) => void)[] = [
  // a transfer in text mode turned packed digits into something else
  (record) => record.set([0x25, 0x6f, 0x25], baseAt + 1),
  // a user-defined character for a rare name, unknown outside this host
  (record) => record.set([0xfe, 0xfe], nameAt + 3),
  // a code that was entered by hand
  (record) => record.set(hostText('0', 1), usccAt + 17),
];

/**
 * @param insured whose payments the host has @param spoiled how many records are bad
 * @param employerOf social credit code of a person's employer
 */
export function insuranceFile(
  insured: readonly Resident[],
  random: Random,
  spoiled: number,
  employerOf = someEmployer(random),
): Uint8Array {
  const records = insured.flatMap((person) => paymentsOf(person, employerOf(person)));
  for (const [i, at] of spread(records.length, spoiled).entries()) {
    const record = records[at];
    if (record !== undefined) spoilers[i % spoilers.length]?.(record);
  }
  return Buffer.concat(records);
}

function paymentsOf(person: Resident, uscc: string): readonly Uint8Array[] {
  const base = Math.round(Number(person.income.replace('.', '')) / 12);
  return months.flatMap(({ year, month }) =>
    insurances.map(({ code, employeeRate, employerRate }) =>
      Buffer.concat([
        hostText(person.id, 18),
        hostText(person.name, 20),
        hostText(uscc, 18),
        hostText(code, 2),
        hostText(`${year}${month}`, 6),
        packed(base, 9),
        packed(Math.round((base * employeeRate) / 1000), 9),
        packed(Math.round((base * employerRate) / 1000), 9),
        hostText('1', 1),
        hostText(`${year}${month}15`, 8),
        hostText(person.region, 6),
        hostText('', 6),
      ]),
    ),
  );
}

/** One of forty companies for each person. */
function someEmployer(random: Random): (person: Resident) => string {
  const employers = Array.from({ length: 40 }, () => enterpriseCode('91', '990101', random.int(10_000_000)));
  return () => random.pick(employers);
}
