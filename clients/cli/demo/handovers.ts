/** The files of three more departments for the enrolment season, each in the format of its old system. */
import type { Bilingual } from '../../../terms/bilingual.ts';
import { cohortOf } from './files/cohort.ts';
import { insuranceFile } from './files/insuranceFile.ts';
import { propertyFile } from './files/propertyFile.ts';
import { seededRandom, type Resident } from './files/invented.ts';
import { vaccinationFile } from './files/vaccinationFile.ts';

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
