/** The file of 自然资源和规划局: the register of real estate, a FoxPro table with the columns of the national register's data standard. */
import { civilDateText } from '../../../../terms/civilDate.ts';
import { type Random, spread, districts, enterpriseCode, type Resident } from './invented.ts';
import { encodeGb18030 } from '../../../../terms/gb18030.ts';

interface DbfColumn {
  /** at most ten bytes */
  readonly name: string;
  /** text, number, date (yyyyMMdd), logical (T or F) */
  readonly type: 'C' | 'N' | 'D' | 'L';
  readonly length: number;
  readonly decimals?: number;
}

interface DbfRow {
  readonly cells: readonly string[];
  /** marked as deleted, but still in the file until the table is packed */
  readonly deleted?: boolean;
}

const headerLength = (columns: readonly DbfColumn[]): number => 32 + 32 * columns.length + 1 + 263;

/**
 * A Visual FoxPro table as bytes: header, fields, records, in the code page of Simplified Chinese. A text too long for its column is cut at
 * the column's last byte, as FoxPro does.
 * @param day of the last change
 */
function dbfBytes(
  columns: readonly DbfColumn[],
  rows: readonly DbfRow[],
  day: { readonly year: number; readonly month: number; readonly day: number },
): Uint8Array {
  const recordLength = columns.reduce((sum, { length }) => sum + length, 1);
  const header = Buffer.alloc(headerLength(columns));
  header.set([0x30, day.year - 2000, day.month, day.day]);
  header.writeUInt32LE(rows.length, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(recordLength, 10);
  header[29] = 0x7a; // code page 936
  let offset = 1;
  for (const [i, { name, type, length, decimals = 0 }] of columns.entries()) {
    const at = 32 + 32 * i;
    header.write(name, at, 'latin1');
    header.write(type, at + 11, 'latin1');
    header.writeUInt32LE(offset, at + 12);
    header.set([length, decimals], at + 16);
    offset += length;
  }
  header[32 + 32 * columns.length] = 0x0d;
  const records = rows.map((row) => recordBytes(columns, row, recordLength));
  return Buffer.concat([header, ...records, Buffer.of(0x1a)]);
}

function recordBytes(columns: readonly DbfColumn[], { cells, deleted }: DbfRow, length: number): Uint8Array {
  const record = Buffer.alloc(length, ' ');
  if (deleted === true) record.write('*', 0);
  let at = 1;
  for (const [i, column] of columns.entries()) {
    const bytes = encodeGb18030(cells[i] ?? '').subarray(0, column.length);
    record.set(bytes, column.type === 'N' ? at + column.length - bytes.length : at);
    at += column.length;
  }
  return record;
}

const columns = [
  { name: 'BDCDYH', type: 'C', length: 28 },
  { name: 'BDCQZH', type: 'C', length: 40 },
  { name: 'QLLX', type: 'C', length: 2 },
  { name: 'QLRLX', type: 'C', length: 1 },
  { name: 'QLRMC', type: 'C', length: 25 },
  { name: 'ZJH', type: 'C', length: 18 },
  { name: 'GYFE', type: 'C', length: 8 },
  { name: 'ZL', type: 'C', length: 80 },
  { name: 'QXDM', type: 'C', length: 6 },
  { name: 'JZMJ', type: 'N', length: 8, decimals: 2 },
  { name: 'YT', type: 'C', length: 2 },
  { name: 'DJSJ', type: 'D', length: 8 },
  { name: 'SFDY', type: 'L', length: 1 },
  { name: 'SFCF', type: 'L', length: 1 },
] as const satisfies readonly DbfColumn[];
type Row = Record<(typeof columns)[number]['name'], string>;

/** Three ways to corrupt such a row, each applied to one row in turn. */
const spoilers: readonly ((row: Row) => Row)[] = [
  // the whole district was registered as one flat: FoxPro writes stars where a number does not fit
  (row) => ({ ...row, JZMJ: '*'.repeat(8) }),
  (row) => ({ ...row, DJSJ: `${row.DJSJ.slice(0, 4)}0230` }),
  // the column is 25 bytes, and the last character has two
  (row) => ({ ...row, QLRMC: '云栖市文澜路物业管理有限公司' }),
];

/**
 * One dwelling for each head of a household, and a shop of a company after every fortieth; every second shop was sold since, and its row
 * marked as deleted.
 * @param spoiled how many rows are bad
 */
export function propertyFile(heads: readonly Resident[], random: Random, spoiled: number): Uint8Array {
  const rows = heads.flatMap((head, i) => {
    const dwelling = dwellingOf(head, i + 1, random);
    if (i % 40 !== 39) return [{ row: dwelling, deleted: false }];
    return [
      { row: dwelling, deleted: false },
      { row: shop(i + 1, random), deleted: i % 80 === 79 },
    ];
  });
  for (const [i, at] of spread(rows.length, spoiled).entries()) {
    const spoil = spoilers[i % spoilers.length];
    const found = rows[at];
    if (found !== undefined && spoil !== undefined) found.row = spoil(found.row);
  }
  const written = rows.map(({ row, deleted }): DbfRow => ({
    cells: columns.map(({ name }) => row[name]),
    deleted,
  }));
  return dbfBytes(columns, written, { year: 2026, month: 6, day: 30 });
}

function dwellingOf(head: Resident, number: number, random: Random): Row {
  const { year } = head.movedIn;
  return {
    ...registered(head.region, number, year),
    QLRLX: '1',
    QLRMC: head.name,
    ZJH: head.id,
    GYFE: '100%',
    ZL: head.address,
    JZMJ: `${58 + random.int(120)}.${String(random.int(100)).padStart(2, '0')}`,
    YT: '10',
    DJSJ: civilDateText(head.movedIn).replaceAll('-', ''),
    SFDY: random.pick(['T', 'F']),
  };
}

function shop(number: number, random: Random): Row {
  const { code, name, streets } = random.pick(districts);
  const company = enterpriseCode('91', code, random.int(10_000_000));
  const street = random.pick(streets);
  return {
    ...registered(code, 50_000 + number, 2015),
    QLRLX: '2',
    QLRMC: `云栖${street}商贸有限公司`,
    ZJH: company,
    GYFE: '100%',
    ZL: `云栖市${name}${street}${random.int(280) + 1}号底商`,
    JZMJ: `${80 + random.int(400)}.00`,
    YT: '20',
    DJSJ: '20150618',
    SFDY: 'F',
  };
}

/** Members of every registration: unit number (GB/T 37346), certificate, kind of right, division. */
function registered(
  region: string,
  number: number,
  year: number,
): Pick<Row, 'BDCDYH' | 'BDCQZH' | 'QLLX' | 'QXDM' | 'SFCF'> {
  const serial = String(number).padStart(5, '0');
  const district = districts.find(({ code }) => code === region)?.name ?? '';
  return {
    BDCDYH: `${region}001001GB${serial}F00010001`,
    BDCQZH: `云（${year}）${district}不动产权第00${serial}号`,
    QLLX: '4',
    QXDM: region,
    SFCF: 'F',
  };
}
