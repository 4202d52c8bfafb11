/**
 * 入学一件事: nine departments, seven registers in seven formats. For each application five facts are asked; families who apply for meals agree
 * to a sixth, and some withdraw in between. What the bureau received is written to files, and `check.py` compares it with the truth of the
 * seeded city and with the log.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { CallContext, FactQuestion } from '../../clients/sdk/types.ts';
import { seededCity } from '../city/seededCity.ts';
import type { Play } from '../pack.ts';
import { outcomeOf, Received } from '../received.ts';
import type { Stage } from '../stage.ts';
import { together } from '../together.ts';
import { familiesOf, type Family } from './families.ts';
import { askedMonth, filesOf } from './files.ts';

const providers = [
  'pub-security',
  'health',
  'natural-resources',
  'housing',
  'hrss',
  'market',
  'civil-affairs',
];
const samples = resolve(import.meta.dirname, '../../samples');
/** Calls that wait for their answers at the same time. */
const callers = 24;
/** Compulsory Education Law, art. 11: six years old by the end of August. */
const bornBy = '2020-08-31';
/** Until then a dwelling must be leased. */
const endOfSchoolYear = '2027-06-30';

/** The agreement about each register: it grants facts, and no field. */
const agreements = {
  'pub-security.household': 'agr-enrol-household',
  'health.vaccination': 'agr-enrol-vaccination',
  'natural-resources.real-estate': 'agr-enrol-property',
  'housing.lease': 'agr-enrol-lease',
  'hrss.social-insurance': 'agr-enrol-insurance',
  'market.sole-trader': 'agr-enrol-licence',
  'civil-affairs.benefit': 'agr-meals-benefit',
} as const;
type Register = keyof typeof agreements;

interface Asked {
  readonly dataset: Register;
  readonly fact: string;
  readonly question: FactQuestion;
}

const onBehalfOf = 'clerk-0042';

const contextOf = (dataset: Register, { matter }: Family): CallContext => ({
  purpose: dataset === 'civil-affairs.benefit' ? 'school-meals' : 'school-enrolment',
  agreement: agreements[dataset],
  onBehalfOf,
  matter,
});

async function register(stage: Stage, folder: string): Promise<void> {
  await stage.apply(join(folder, 'city.yaml'));
  await stage.apply(join(samples, 'city/regions.yaml'));
  for (const sample of ['household', 'vaccination', 'real-estate', 'social-insurance'])
    await stage.apply(join(samples, sample, 'dataset.yaml'));
  await stage.apply(join(folder, 'registers.yaml'));
  for (const department of ['education', ...providers]) await stage.enrol(department);
  await stage.apply(join(folder, 'agreements.yaml'), { signers: ['education', ...providers] });
}

const measles = ({ child }: Family): Asked => ({
  dataset: 'health.vaccination',
  fact: 'measles-twice',
  question: { subject: child.id },
});

/** The facts of an application that the bureau's own system asks; the school office asks the vaccinations. */
function factsOf({ child, guardian, enteredName, dwelling, work }: Family): readonly Asked[] {
  const parent = { subject: guardian.id };
  return [
    {
      dataset: 'pub-security.household',
      fact: 'born-by',
      question: { subject: child.id, on: bornBy },
    },
    {
      dataset: 'pub-security.household',
      fact: 'registered-as',
      question: { subject: child.id, value: enteredName },
    },
    dwelling.right === 'owner'
      ? {
          dataset: 'natural-resources.real-estate',
          fact: 'owns-dwelling',
          question: parent,
        }
      : {
          dataset: 'housing.lease',
          fact: 'lease-runs',
          question: { ...parent, on: endOfSchoolYear },
        },
    work.kind === 'employee'
      ? {
          dataset: 'hrss.social-insurance',
          fact: 'paid-in-month',
          question: { ...parent, value: askedMonth },
        }
      : {
          dataset: 'market.sole-trader',
          fact: 'licence-valid',
          question: parent,
        },
  ];
}

const benefits = ({ guardian }: Family): Asked => ({
  dataset: 'civil-affairs.benefit',
  fact: 'on-benefits',
  question: { subject: guardian.id },
});

/** The enrolment system of the bureau. A refusal is received like an answer. */
async function ask(
  stage: Stage,
  received: Received,
  { dataset, fact, question }: Asked,
  family: Family,
): Promise<void> {
  const check = () =>
    stage.client('education').checkFact(dataset, fact, question, contextOf(dataset, family));
  await outcomeOf(received.call(check, { matter: family.matter, fact }));
}

/** The bureau asks for rows of each register, which no agreement grants. */
async function askRows(stage: Stage, received: Received, family: Family): Promise<void> {
  for (const dataset of Object.keys(agreements) as Register[]) {
    const query = () => stage.client('education').query(dataset, { limit: 10 }, contextOf(dataset, family));
    await outcomeOf(received.call(query, { rows: dataset }));
  }
}

/** Starts the program of the school office. @returns a promise of its end */
function schoolOffice(stage: Stage, folder: string, families: readonly Family[]): Promise<void> {
  const questions = join(stage.out, 'school-office.ndjson');
  const lines = families.map((family) => {
    const { dataset, fact, question } = measles(family);
    const { purpose, agreement, matter } = contextOf(dataset, family);
    const context = { purpose, agreement, 'on-behalf-of': onBehalfOf, matter };
    return `${JSON.stringify({ dataset, fact, question, context })}\n`;
  });
  writeFileSync(questions, lines.join(''));
  const profile = dirname(stage.profileOf('education'));
  const received = join(stage.out, 'received-school-office.ndjson');
  const program = spawn('python3', ['-B', join(folder, 'ask.py'), profile, questions, received, '4'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  program.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return once(program, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`the school office ended with ${String(code)}: ${stderr}`);
  });
}

const consentOf = ({ matter }: Family): string => `meals-${matter.toLowerCase()}`;

async function consents(stage: Stage, folder: string, families: readonly Family[]): Promise<void> {
  const notice = parseAllDocuments(readFileSync(join(folder, 'agreements.yaml'), 'utf8'))
    .map((one) => one.toJS() as { readonly kind: string; readonly text?: string })
    .find(({ kind }) => kind === 'Notice');
  const digest = createHash('sha256')
    .update(notice?.text ?? '')
    .digest('hex');
  const day = 86_400_000;
  await together(families, callers, async (family) => {
    await stage.client('civil-affairs').giveConsent({
      id: consentOf(family),
      person: family.guardian.id,
      recipient: 'education',
      method: 'counter',
      dataset: 'civil-affairs.benefit',
      purposes: ['school-meals'],
      fields: ['status'],
      notBefore: new Date(Date.now() - 60_000).toISOString(),
      expires: new Date(Date.now() + 180 * day).toISOString(),
      notice: { digest, language: 'zh' },
    });
  });
}

/** The truth of each family as `check.py` reads it: what is so, without an answer. */
const noted = (family: Family): object => ({
  matter: family.matter,
  child: family.child.id,
  guardian: family.guardian.id,
  guardianName: family.guardian.name,
  name: family.child.name,
  enteredName: family.enteredName,
  registered: family.registered,
  doses: family.doses ?? null,
  dwelling: family.dwelling,
  work: family.work,
  meals: family.meals ?? null,
});

export const play: Play = async ({ stage, folder, people, seed, step }) => {
  const note = (name: string, value: unknown): void =>
    writeFileSync(join(stage.out, `${name}.json`), JSON.stringify(value));
  await step('nine departments, seven registers, seven agreements', () => register(stage, folder));
  const city = await step(`a city of ${people} residents`, () => Promise.resolve(seededCity(people, seed)));
  const families = familiesOf(city, seed);
  note('families', families.map(noted));

  const sent: object[] = [];
  for (const { department, dataset, mapping, fileName, bytes } of await filesOf(city, families, seed))
    await step(`${dataset} as ${fileName}`, async () => {
      writeFileSync(join(stage.out, `sent-${fileName}`), bytes);
      await stage.client(department).sendFile(dataset, bytes, { mapping, fileName });
      sent.push({ dataset, file: `sent-${fileName}` });
    });
  note('sent', sent);

  const meals = families.filter((family) => family.meals !== undefined);
  await step(`${meals.length} families agree to the question about meals`, () =>
    consents(stage, folder, meals),
  );
  const [bureau, counter] = [new Received(stage.out, 'education'), new Received(stage.out, 'civil-affairs')];
  const [first] = families;
  if (first === undefined) throw new Error('no family applies: give more people');
  await step('the bureau asks for rows of each register', () => askRows(stage, bureau, first));
  await step(`${families.length} applications, five facts each; consents end in between`, async () => {
    const asking = schoolOffice(stage, folder, families);
    await together(families, callers, async (family) => {
      const { matter, meals: applied } = family;
      for (const asked of factsOf(family)) await ask(stage, bureau, asked, family);
      if (applied === undefined) return;
      await ask(stage, bureau, benefits(family), family);
      if (applied.withdraws) {
        const withdraw = () => stage.client('civil-affairs').withdrawConsent(consentOf(family));
        await counter.call(withdraw, { matter, act: 'withdrawn' });
      }
      await ask(stage, bureau, benefits(family), family);
    });
    await asking;
  });
  await step('the question about meals, once more for each family', () =>
    together(meals, callers, (family) => ask(stage, bureau, benefits(family), family)),
  );
};
