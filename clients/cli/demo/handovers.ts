/** The files of three more departments for the enrolment season, each in the format of its old system. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { cohortOf, type Family } from './files/cohort.ts';
import { insuranceFile } from './files/insuranceFile.ts';
import { propertyFile } from './files/propertyFile.ts';
import { seededRandom, type Resident, type Random, spread, districts } from './files/invented.ts';
import { civilDateText, type CivilDate } from '../../../terms/civilDate.ts';
import { encodeGb18030 } from '../../../terms/gb18030.ts';

const exportedOn = '20260630';

/** The national programme as of 2021: vaccine, and the age of each dose in months. */
const programme = [
  { code: 'HepB', name: '乙肝疫苗', months: [0, 1, 6] },
  { code: 'BCG', name: '卡介苗', months: [0] },
  { code: 'IPV', name: '脊灰灭活疫苗', months: [2, 3] },
  { code: 'bOPV', name: '脊灰减毒活疫苗', months: [4, 48] },
  { code: 'DTaP', name: '百白破疫苗', months: [3, 4, 5, 18] },
  { code: 'DT', name: '白破疫苗', months: [72] },
  { code: 'MMR', name: '麻腮风疫苗', months: [8, 18] },
  { code: 'JE-L', name: '乙脑减毒活疫苗', months: [8, 24] },
  { code: 'MPSV-A', name: 'A群流脑多糖疫苗', months: [6, 9] },
  { code: 'MPSV-AC', name: 'A群C群流脑多糖疫苗', months: [36, 72] },
  { code: 'HepA-L', name: '甲肝减毒活疫苗', months: [18] },
] as const;

type Segments = readonly string[];

/** Three ways to corrupt such a message, each applied to one message in turn. */
const spoilers: readonly ((segments: Segments) => Segments)[] = [
  // the interface engine was restarted and numbered nothing
  (segments) => segments.with(0, (segments[0] ?? '').replace(/\|YM\d+\|P\|/, '||P|')),
  (segments) => segments.with(3, (segments[3] ?? '').replace(/\d{4}\|\d{8}\|/, '0230|20260630|')),
  // a vaccine that a clinic named as it likes
  (segments) => segments.with(4, (segments[4] ?? '').replace(/\|[\w-]+\^/, '|OTHER^')),
];

/**
 * The file of 卫生健康委员会: HL7 v2 messages (VXU^V04) in GB18030, one for each child, with a segment for each dose.
 * @param spoiled number of corrupted messages
 */
function vaccinationFile(families: readonly Family[], random: Random, spoiled: number): Uint8Array {
  const messages = families.map((family, i) => messageOf(family, i + 1, random));
  for (const [i, at] of spread(messages.length, spoiled).entries()) {
    const spoil = spoilers[i % spoilers.length];
    const message = messages[at];
    if (message !== undefined && spoil !== undefined) messages[at] = spoil(message);
  }
  return encodeGb18030(
    messages
      .flat()
      .map((segment) => `${segment}\r`)
      .join(''),
  );
}

function messageOf({ child, guardian }: Family, number: number, random: Random): Segments {
  const serial = String(number).padStart(6, '0');
  const district = districts.find(({ code }) => code === child.region)?.name ?? '';
  const clinic = `${district}第${random.pick(['一', '二', '三'])}社区卫生服务中心`;
  return [
    `MSH|^~\\&|YMJZ|${child.region}|DATONG|990100|${exportedOn}083000||VXU^V04|YM${exportedOn}${serial}|P|2.5.1|||||CHN|GB 18030-2000`,
    `PID|1||YM${child.region}${serial}^^^YMJZ^PI~${child.id}^^^GA^NI||${hl7Name(child)}||${compact(child.birth)}|${child.sex === '男' ? 'M' : 'F'}`,
    `NK1|1|${hl7Name(guardian)}|FTH^父`,
    ...dosesOf(child, clinic, random),
  ];
}

/** RXA segments of all doses given until the day of the export, vaccine by vaccine. */
function dosesOf({ birth }: Resident, clinic: string, random: Random): Segments {
  return programme.flatMap(({ code, name, months }) =>
    months.flatMap((age, i) => {
      const day = daysAfter(birth, age, age === 0 ? 0 : random.int(12));
      const lot = `${day.slice(0, 4)}${String(random.int(1000)).padStart(4, '0')}`;
      if (day > exportedOn) return [];
      return [`RXA|0|${i + 1}|${day}|${day}|${code}^${name}^NIP|0.5|mL|||^接种护士|${clinic}||||${lot}`];
    }),
  );
}

const compact = (day: CivilDate): string => civilDateText(day).replaceAll('-', '');
const hl7Name = ({ name }: Resident): string => `${name.slice(0, 1)}^${name.slice(1)}`;

/** yyyyMMdd, months and days after a date. */
const daysAfter = ({ year, month, day }: CivilDate, months: number, days: number): string =>
  new Date(Date.UTC(year, month - 1 + months, day + days)).toISOString().slice(0, 10).replaceAll('-', '');

export interface Handover {
  readonly department: string;
  readonly name: Bilingual;
  readonly dataset: string;
  readonly mapping: string;
  /** folder of samples/ */
  readonly sample: string;
  /** name of the file in the folder files/ */
  readonly file: string;
  readonly format: Bilingual;
  /** the unit of its problems' places */
  readonly counted: 'line' | 'record';
  /** The file, about the people of the household file whose records are good. */
  readonly bytes: (people: readonly Resident[]) => Uint8Array;
}

const seed = 20260630;
const spoiled = 6;

const headsOf = (people: readonly Resident[]): readonly Resident[] =>
  people.filter(({ relation }) => relation === '户主');

const guardiansOf = (people: readonly Resident[]): readonly Resident[] => [
  ...new Set(cohortOf(people).map(({ guardian }) => guardian)),
];

export const insurance: Handover = {
  department: 'hrss',
  name: { zh: '人社局', en: 'Human Resources' },
  dataset: 'hrss.social-insurance',
  mapping: 'payments',
  sample: 'social-insurance',
  file: 'social-insurance.ebcdic.bin',
  format: {
    zh: 'EBCDIC 主机文件（COBOL copybook、COMP-3 金额）',
    en: 'an EBCDIC host file (COBOL copybook, packed amounts)',
  },
  counted: 'record',
  bytes: (people) => insuranceFile(guardiansOf(people), seededRandom(seed), spoiled),
};

const property: Handover = {
  department: 'natural-resources',
  name: { zh: '自然资源局', en: 'Natural Resources' },
  dataset: 'natural-resources.real-estate',
  mapping: 'register',
  sample: 'real-estate',
  file: 'real-estate.cp936.dbf',
  format: { zh: 'FoxPro DBF 表（cp936）', en: 'a FoxPro DBF table (code page 936)' },
  counted: 'record',
  bytes: (people) => propertyFile(headsOf(people), seededRandom(seed + 1), spoiled),
};

const vaccination: Handover = {
  department: 'health',
  name: { zh: '卫健委', en: 'Health' },
  dataset: 'health.vaccination',
  mapping: 'vxu',
  sample: 'vaccination',
  file: 'vaccination.hl7',
  format: { zh: 'HL7 v2 消息（VXU，GB18030）', en: 'HL7 v2 messages (VXU, GB18030)' },
  counted: 'line',
  bytes: (people) => vaccinationFile(cohortOf(people), seededRandom(seed + 2), spoiled),
};

/** In the order of the story. */
export const handovers: readonly Handover[] = [insurance, property, vaccination];
