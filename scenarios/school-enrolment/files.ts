/** The files of seven registers, each as its office exports it: GB18030 CSV, HL7 v2, FoxPro, xlsx, EBCDIC, XML, JSON. */
import { writeXlsx } from 'hucre/xlsx';
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { insuranceFile } from '../../clients/cli/demo/files/insuranceFile.ts';
import { seededRandom } from '../../clients/cli/demo/files/invented.ts';
import { propertyFile } from '../../clients/cli/demo/files/propertyFile.ts';
import { civilDateText } from '../../terms/civilDate.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import type { City } from '../city/seededCity.ts';
import type { Family } from './families.ts';

/** One file, and who sends it with which mapping. */
export interface RegisterFile {
  readonly department: string;
  readonly dataset: string;
  readonly mapping: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

/** The month of which payments are asked. */
export const askedMonth = '2026-06';
const monthsOfFile = 12;
const recordBytes = 100;
/** Offset of the payment's state in a record of the host; samples/social-insurance has the copybook. */
const statusAt = 79;
/** Bytes from the owner's number to the use, in a row of the FoxPro table. */
const useAfterOwner = 120;

type Part = Pick<RegisterFile, 'fileName' | 'bytes'>;

function households({ people, children }: City): Part {
  const present = people.filter(({ id }) => children.get(id)?.registered !== false);
  const text = [headers, ...present.map(cellsOf)].map(csvLine).join('');
  return { fileName: 'household.gb18030.csv', bytes: encodeGb18030(text) };
}

function messageOf({ child }: Family, doses: number, number: number): readonly string[] {
  const serial = String(number).padStart(6, '0');
  const birth = civilDateText(child.birth).replaceAll('-', '');
  const given = (code: string, dose: number, months: number): string => {
    const day = new Date(Date.UTC(child.birth.year, child.birth.month - 1 + months, child.birth.day));
    const on = day.toISOString().slice(0, 10).replaceAll('-', '');
    return `RXA|0|${dose}|${on}|${on}|${code}|0.5|mL|||^接种护士|第一社区卫生服务中心||||L${serial}`;
  };
  const measles = Array.from({ length: doses }, (_, i) =>
    given('MMR^麻腮风疫苗^NIP', i + 1, i === 0 ? 8 : 18),
  );
  return [
    `MSH|^~\\&|YMJZ|${child.region}|DATONG|990100|20260630083000||VXU^V04|YM${serial}|P|2.5.1|||||CHN|GB 18030-2000`,
    `PID|1||YM${serial}^^^YMJZ^PI~${child.id}^^^GA^NI||${child.name.slice(0, 1)}^${child.name.slice(1)}||${birth}|${child.sex === '男' ? 'M' : 'F'}`,
    given('HepB^乙肝疫苗^NIP', 1, 0),
    ...measles,
  ];
}

function vaccinations(families: readonly Family[]): Part {
  const segments = families.flatMap((family, i) =>
    family.doses === undefined ? [] : messageOf(family, family.doses, i + 1),
  );
  return {
    fileName: 'vaccination.hl7',
    bytes: encodeGb18030(segments.map((segment) => `${segment}\r`).join('')),
  };
}

function realEstate(families: readonly Family[], seed: number): Part {
  const owners = families.filter(({ dwelling }) => dwelling.right === 'owner' && dwelling.state !== 'absent');
  const heads = owners.map(({ guardian }) => guardian);
  const bytes = Buffer.from(propertyFile(heads, seededRandom(seed), 0));
  // what the others own is a shop
  for (const { guardian, dwelling } of owners)
    if (dwelling.state === 'fails') bytes.write('20', bytes.indexOf(guardian.id) + useAfterOwner, 'latin1');
  return { fileName: 'real-estate.cp936.dbf', bytes };
}

async function leases(families: readonly Family[]): Promise<Part> {
  const rows = families.flatMap(({ guardian, dwelling, matter }) =>
    dwelling.right === 'tenant' && dwelling.state !== 'absent'
      ? [
          [
            `ZL-${matter}`,
            guardian.id,
            guardian.address,
            '2600.00',
            dwelling.state === 'meets' ? '2027-12-31' : '2027-02-28',
          ],
        ]
      : [],
  );
  const header = ['备案编号', '承租人身份证号', '房屋坐落', '月租金', '租赁期止'];
  const bytes = await writeXlsx({
    sheets: [{ name: '租赁备案', rows: [header, ...rows] }],
    // the day of the export: a workbook of the same rows has the same bytes
    properties: { modified: new Date('2026-06-30T00:00:00Z') },
  });
  return { fileName: 'leases.xlsx', bytes };
}

function payments(families: readonly Family[], seed: number): Part {
  const insured = families.filter(({ work }) => work.kind === 'employee' && work.state !== 'absent');
  const employers = new Map(insured.map(({ guardian, work }) => [guardian.id, work.enterprise]));
  const bytes = insuranceFile(
    insured.map(({ guardian }) => guardian),
    seededRandom(seed),
    0,
    ({ id }) => employers.get(id) ?? '',
  );
  // a month that is owed: two records a month, 2025-07 to 2026-06
  for (const [i, { work }] of insured.entries())
    if (work.state === 'fails')
      bytes[(i * monthsOfFile * 2 + (monthsOfFile - 1) * 2) * recordBytes + statusAt] = 0xf2;
  return { fileName: 'payments.ebcdic.bin', bytes };
}

function licences({ enterprises }: City): Part {
  const traders = enterprises.filter(({ kind }) => kind === 'trader');
  const elements = traders.map(
    ({ uscc, name, operator, isActive }) =>
      `  <LICENCE><USCC>${uscc}</USCC><NAME>${name}</NAME><OPERATOR><IDNO>${operator}</IDNO></OPERATOR><STATE>${isActive ? 1 : 3}</STATE></LICENCE>`,
  );
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<REGISTER>\n${elements.join('\n')}\n</REGISTER>\n`;
  return { fileName: 'licences.xml', bytes: Buffer.from(text) };
}

function benefits({ households: all }: City): Part {
  const items = all.flatMap(({ id, head, benefits: state }) =>
    state === 'absent'
      ? []
      : [
          {
            fileNo: `DB-${id}`,
            applicant: { idNo: head.id },
            monthly: '860.00',
            state: state === 'meets' ? 'ACTIVE' : 'STOPPED',
          },
        ],
  );
  const text = JSON.stringify({ data: { total: items.length, items } });
  return { fileName: 'benefits.json', bytes: Buffer.from(text) };
}

/**
 * All files, in the order in which they are sent. The registers of residents, licences and benefits are of the whole city; the others have
 * the records of the families that apply.
 */
export async function filesOf(
  city: City,
  families: readonly Family[],
  seed: number,
): Promise<readonly RegisterFile[]> {
  const from = (department: string, register: string, mapping: string, part: Part): RegisterFile => ({
    department,
    dataset: `${department}.${register}`,
    mapping,
    ...part,
  });
  return [
    from('pub-security', 'household', 'household', households(city)),
    from('health', 'vaccination', 'vxu', vaccinations(families)),
    from('natural-resources', 'real-estate', 'register', realEstate(families, seed)),
    from('housing', 'lease', 'leases', await leases(families)),
    from('hrss', 'social-insurance', 'payments', payments(families, seed)),
    from('market', 'sole-trader', 'licences', licences(city)),
    from('civil-affairs', 'benefit', 'benefits', benefits(city)),
  ];
}
