/**
 * 数字城管: reports of residents with photos reach a hotline, the bureau assigns them to departments and contractors, who accept and finish
 * them; the bureau checks the result or returns it. A simulated day is one round of all parties. Each contractor also asks for what it may
 * not have. What each party received is written to files, and `check.py` recomputes the figures of the hub from the exported log.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonCall } from '../../clients/sdk/jsonCall.ts';
import { Random } from '../../schemas/sample/random.ts';
import { districts } from '../../clients/cli/demo/files/invented.ts';
import { caseDays as days, seededCity, type CityCase } from '../city/seededCity.ts';
import type { Position } from '../../schemas/places/point.ts';
import type { Play } from '../pack.ts';
import type { Stage } from '../stage.ts';
import { together } from '../together.ts';
import { dataset, Party, repeated, type Case } from './party.ts';
import { noteUpload, photoOfRepair, photoOfReport, typeOf } from './photo.ts';
import { bureau, contractors, departments, handlers, register } from './register.ts';

/** Calls of a party that wait for their answers at the same time. */
const callers = 4;
const numberOf = ({ case: name }: Pick<Case, 'case'>): number => Number(name.slice(3));
/** Whether a case meets its chance on a day: the same in every run with the seed. */
const meets = (seed: number, number: number, day: number, chance: number): boolean =>
  new Random(seed * 1_000_003 + number * 31 + day).chance(chance);

/**
 * Reports of a day reach the hotline. The camera wrote the reporter's phone, and into a JPEG also their home, into the photo.
 * @param homes by resident
 */
async function report(
  stage: Stage,
  cases: readonly CityCase[],
  homes: ReadonlyMap<string, Position>,
  today: number,
): Promise<void> {
  const client = stage.client('hotline');
  const pusher = client.rows(dataset);
  await together(cases, callers, async (one) => {
    const { case: name, day, category, street, place, hasPhoto, reporter } = one;
    const row = {
      case: name,
      reporter: reporter.name,
      phone: reporter.mobile,
      reported_day: day,
      category,
      street,
      place,
      status: 'reported',
      assigned_to: '',
      note: null,
      after_photo: null,
    };
    let photo: string | null = null;
    const home = homes.get(reporter.id);
    if (hasPhoto && home !== undefined) {
      const bytes = await photoOfReport(numberOf(one), { phone: row.phone, home });
      const { mediaType, ending } = typeOf(bytes);
      const put = (): ReturnType<typeof client.attachments.put> => {
        const upload = { field: 'photo', mediaType, name: `${randomUUID()}.${ending}` };
        return client.attachments.put(dataset, bytes, upload);
      };
      photo = (await repeated(put)).json.attachment;
      noteUpload(stage.out, photo, bytes);
    }
    const sent = { ...row, photo };
    const noted = { at: Date.now(), home, ...sent };
    appendFileSync(join(stage.out, 'sent.ndjson'), `${JSON.stringify(noted)}\n`);
    await pusher.push(sent);
  });
  await pusher.close();
  appendFileSync(join(stage.out, 'pushed.ndjson'), `${JSON.stringify({ day: today, at: Date.now() })}\n`);
}

/** The hotline notes its call back to a reporter: one plain row of a dataset without cases, the measure of a contractor's step. */
async function callBack(stage: Stage, name: string, day: number): Promise<void> {
  const begun = performance.now();
  const row = { case: name, day, satisfied: true };
  // as the client library sends rows
  const headers = { 'datong-idempotency-key': randomUUID() };
  const call = jsonCall('/v1/datasets/hotline.callbacks/rows', [row], headers, 'required');
  await repeated(() => stage.client('hotline').call(call));
  appendFileSync(
    join(stage.out, 'callbacks.ndjson'),
    `${JSON.stringify({ ...row, ms: performance.now() - begun })}\n`,
  );
}

/** A handler finishes what it accepted on an earlier day, then accepts what is new. */
async function handle(stage: Stage, party: Party, seed: number, day: number): Promise<void> {
  const open = await party.inState('accepted', 'assigned');
  const inState = (state: string): readonly Case[] => open.filter(({ status }) => status === state);
  await together(inState('accepted'), callers, async (one) => {
    const number = numberOf(one);
    if (!meets(seed, number, day, 0.7)) return;
    const photo =
      typeof one.photo === 'string'
        ? { after_photo: await party.upload('after_photo', await photoOfRepair(number)) }
        : {};
    await party.change(one, Object.assign({ status: 'done', note: '已处置' }, photo), day);
    await callBack(stage, one.case, day);
  });
  await together(inState('assigned'), callers, async (one) => {
    if (typeof one.photo === 'string') await party.download(one.photo);
    await party.change(one, { status: 'accepted', note: '已派工' }, day);
  });
}

/**
 * A contractor asks for what it may not have.
 * @param other a case that is assigned to another handler @param own one of its cases @param phone of the reporter of `own`
 */
async function probe(
  party: Party,
  { other, own, phone }: { readonly other: Case; readonly own: Case; readonly phone: string },
): Promise<void> {
  const ofKey = (name: string) => [{ field: 'case', op: 'eq', value: name }] as const;
  const byPhone = { field: 'phone', op: 'eq', value: phone } as const;
  const probes: Readonly<Record<string, () => Promise<unknown>>> = {
    'its phone': () => party.query({ fields: ['case', 'phone'], filter: ofKey(own.case) }),
    'who has this phone': () => party.query({ filter: [byPhone] }),
    'cases by phone': () => party.query({ sort: ['phone'] }),
    'earlier versions': () => party.query({ history: true, filter: ofKey(own.case) }),
    'photo of another': () => party.download(other.photo ?? ''),
    'change of another': () => party.change(other, { note: '改' }, days + 1),
    'another phone': () => party.change(own, { phone: '15400000000' }, days + 1),
    'own check': () => party.change(own, { status: 'checked' }, days + 1),
    'case of another': () => party.cases(ofKey(other.case)),
  };
  for (const [asked, ask] of Object.entries(probes)) await party.probe(asked, ask);
}

export const play: Play = async ({ stage, folder, people, seed, step }) => {
  const { cases, households } = seededCity(people, seed);
  const homes = new Map(
    households.flatMap(({ members, dwelling }) =>
      members.map(({ id }) => [id, dwelling.place.coordinates] as const),
    ),
  );
  const count = cases.length;
  const note = (name: string, value: unknown): void =>
    writeFileSync(join(stage.out, `${name}.json`), JSON.stringify(value));
  await step('departments, contractors, rules of the cases, 16 agreements', () => register(stage, folder));
  const office = new Party(stage, bureau);
  const parties = handlers.map((handler) => new Party(stage, handler));
  const from = new Date(Date.now() - 60_000).toISOString();
  await step(`${count} cases in ${days} simulated days`, async () => {
    for (let day = 1; day <= days; day += 1) {
      await report(
        stage,
        cases.filter((one) => one.day === day),
        homes,
        day,
      );
      await together(await office.inState('reported'), callers, (one) => {
        const number = numberOf(one);
        // four of five cases go to contractors; each handler comes in turn
        const round = Math.floor(number / 5);
        const [pool, place] =
          number % 5 === 0 ? ([departments, round] as const) : ([contractors, number + round] as const);
        const handler = pool[place % pool.length] ?? '';
        return office.change(one, { status: 'assigned', assigned_to: handler }, day);
      });
      await Promise.all(parties.map((party) => handle(stage, party, seed, day)));
      await together(await office.inState('done'), callers, async (one) => {
        if (typeof one.after_photo === 'string') await office.download(one.after_photo);
        const isGood = meets(seed, numberOf(one), day + days, 0.9);
        await office.change(one, { status: isGood ? 'checked' : 'accepted' }, day);
      });
    }
  });
  const until = new Date(Date.now() + 60_000).toISOString();
  const query = `from=${encodeURIComponent(from)}&until=${encodeURIComponent(until)}`;
  note('statistics', await stage.call(`/v1/datasets/${dataset}/case-statistics?${query}`));
  await step('each contractor asks for what it may not have', async () => {
    const all = (await office.cases([])) as readonly (Case & { readonly assigned_to: string })[];
    for (const party of parties.filter(({ department }) => contractors.some((name) => name === department))) {
      const isOwn = (one: { readonly assigned_to: string }): boolean => one.assigned_to === party.department;
      const own = all.find((one) => isOwn(one));
      const other = all.find((one) => !isOwn(one) && typeof one.photo === 'string');
      if (own === undefined || other === undefined) throw new Error('too few cases: give more people');
      const phone = cases[numberOf(own) - 1]?.reporter.mobile ?? '';
      await probe(party, { other, own, phone });
    }
  });
  await step('the bureau counts the cases of each district and state', async () => {
    const counted: Record<string, readonly string[]> = {};
    for (const { code } of districts) {
      const area = { list: 'urn:datong:code:city-districts', code };
      const found = await office.cases([{ field: 'place', op: 'within', value: { area } }]);
      counted[code] = found.map((one) => one.case);
    }
    const states: Record<string, string> = {};
    for (const one of await office.cases([])) states[one.case] = one.status;
    note('counted', { districts: counted, states });
  });
  note('plan', { count, days, departments: ['hotline', bureau, ...departments], contractors });
};
