/**
 * What departments do next to queries during a drill, without a pause: files, rows by call, steps of cases, events, and consents that are given
 * and withdrawn. A call whose connection is cut is repeated as a client does, under the same key or id.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SigningKey } from '../../certs/signatures/index.ts';
import { signedConsent } from '../../clients/sdk/consents.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { Problem } from '../../terms/problem.ts';
import type { Answer } from '../../clients/sdk/types.ts';
import { row } from '../flows/streetCases.ts';
import { airContext, airFile, airQuality, consentOf, eventOf, topic, type BusyDay } from './busyDay.ts';
import type { Acknowledged } from './load.ts';

export const kinds = ['batch by file', 'rows by call', 'step of a case', 'event', 'consent'] as const;
export type Kind = (typeof kinds)[number];

/** What became of the acts of one kind. */
interface Tally {
  /** names of those that were answered */
  readonly done: string[];
  /** connections that were cut, each of which was repeated */
  cut: number;
  /** codes of refusals and of replies that the client did not believe */
  readonly refused: string[];
}

export interface Departments {
  readonly education: DatongClient;
  readonly publicSecurity: DatongClient;
  readonly ecology: DatongClient;
}

const pauseMs = 100;
const hoursOfFile = 3;
const stepsOfCase = ['accepted', 'done'] as const;

export class VariedLoad {
  readonly tallies: Readonly<Record<Kind, Tally>>;
  /** answers with a receipt */
  readonly acknowledged: Acknowledged[] = [];
  private readonly departments: Departments;
  private readonly day: BusyDay;
  private readonly persons: readonly string[];
  private readonly signing: SigningKey;
  private readonly end = new AbortController();
  private readonly callers: readonly Promise<void>[];
  /** ids of events that education received: asking for more acknowledges them */
  private readonly received = new Set<string>();

  /** @param signing key of pub-security @param persons whose consents are given */
  constructor(departments: Departments, day: BusyDay, persons: readonly string[], signing: SigningKey) {
    this.departments = departments;
    this.day = day;
    this.persons = persons;
    this.signing = signing;
    const tally = (): Tally => ({ done: [], cut: 0, refused: [] });
    this.tallies = Object.fromEntries(kinds.map((kind) => [kind, tally()])) as Record<Kind, Tally>;
    this.callers = [
      this.again('batch by file', (nth) => this.file(`file-${nth}`)),
      this.again('rows by call', (nth) => this.rows(`row-${nth}`)),
      this.again('step of a case', (nth) => this.steps(`case-${nth}`)),
      this.again('event', (nth) => this.event(`event-${nth}`)),
      this.again('consent', (nth) => this.consent(`consent-${nth}`, nth)),
    ];
  }

  private async again(kind: Kind, act: (nth: number) => Promise<string>): Promise<void> {
    for (let nth = 1; !this.end.signal.aborted; nth += 1) {
      try {
        this.tallies[kind].done.push(await act(nth));
      } catch (error) {
        this.tallies[kind].refused.push(
          error instanceof DatongProblem || error instanceof Problem ? error.code : String(error),
        );
      }
      await sleep(pauseMs);
    }
  }

  /** Calls until there is an answer. Only a cut connection is repeated. */
  private async answered<T>(kind: Kind, call: () => Promise<Answer<T>>): Promise<Answer<T>> {
    for (;;)
      try {
        const answer = await call();
        const { exchange, receipt } = answer;
        if (receipt !== undefined) this.acknowledged.push({ exchange, receipt, at: performance.now() });
        return answer;
      } catch (error) {
        if (error instanceof DatongProblem || error instanceof Problem) throw error;
        this.tallies[kind].cut += 1;
        await sleep(pauseMs);
      }
  }

  private async file(station: string): Promise<string> {
    const kind = 'batch by file';
    const idempotencyKey = randomUUID();
    const { ecology } = this.departments;
    const { json } = await this.answered(kind, () =>
      ecology.sendFile(airQuality, airFile(station, hoursOfFile), {
        mapping: 'prsa',
        idempotencyKey,
        tries: 1,
      }),
    );
    if (json.state !== 'published') throw new Error(`batch ${json.state}`);
    return station;
  }

  private post(
    kind: Kind,
    client: DatongClient,
    path: string,
    body: object,
    receipt: 'required' | 'optional' = 'optional',
  ): Promise<Answer<unknown>> {
    const headers = { 'content-type': 'application/json', 'datong-idempotency-key': randomUUID() };
    const sent = Buffer.from(JSON.stringify(body), 'utf8');
    return this.answered(kind, () => client.call({ method: 'POST', path, headers, body: sent, receipt }));
  }

  private async rows(name: string, kind: Kind = 'rows by call'): Promise<string> {
    const path = `/v1/datasets/${this.day.cases}/rows`;
    const { json } = await this.post(kind, this.departments.ecology, path, [row(name, 'education')]);
    const { accepted } = json as { readonly accepted: number };
    if (accepted !== 1) throw new Error(`rows: ${accepted} accepted`);
    return name;
  }

  /** A new case, which education accepts and finishes. */
  private async steps(name: string): Promise<string> {
    const kind = 'step of a case';
    await this.rows(name, kind);
    for (const [nth, status] of stepsOfCase.entries()) {
      const body = { key: { case: name }, version: nth + 1, set: { status } };
      await this.post(kind, this.departments.education, `/v1/datasets/${this.day.cases}/rows/changes`, body);
    }
    return name;
  }

  private async event(id: string): Promise<string> {
    await this.answered('event', () => this.departments.ecology.events.publish(topic, [eventOf(id)]));
    return id;
  }

  private async consent(id: string, nth: number): Promise<string> {
    const kind = 'consent';
    const { publicSecurity } = this.departments;
    const given = consentOf(id, this.personOf(nth), this.day.notice);
    const body = signedConsent(given, publicSecurity.department, this.signing);
    const sent = Buffer.from(JSON.stringify(body), 'utf8');
    const headers = { 'content-type': 'application/json' };
    const give = { method: 'POST', path: '/v1/consents', headers, body: sent, receipt: 'required' } as const;
    const { cut } = this.tallies[kind];
    try {
      await this.answered(kind, () => publicSecurity.call(give));
    } catch (error) {
      // the call whose connection was cut had stored it
      const isStored = error instanceof DatongProblem && error.code === 'already_registered';
      if (!isStored || this.tallies[kind].cut === cut) throw error;
    }
    const { json } = await this.answered(kind, () => publicSecurity.withdrawConsent(id));
    if (json.state !== 'withdrawn') throw new Error(`consent ${json.state}`);
    return id;
  }

  private personOf(nth: number): string {
    return this.persons[nth % this.persons.length] ?? '';
  }

  async stop(): Promise<void> {
    this.end.abort();
    await Promise.all(this.callers);
  }

  /** Reads everything back as its consumer. @returns names of what was answered and is not there */
  async lost(): Promise<Readonly<Record<Kind, readonly string[]>>> {
    const hours = await persistently(() => this.hours());
    const statuses = await persistently(() => this.cases());
    const events = await persistently(() => this.events());
    const withdrawn = await persistently(() => this.withdrawn());
    const there: Readonly<Record<Kind, (name: string) => boolean>> = {
      'batch by file': (name) => hours.get(name) === hoursOfFile,
      'rows by call': (name) => statuses.get(name) === 'open',
      'step of a case': (name) => statuses.get(name) === 'done',
      event: (name) => events.has(name),
      consent: (name) => withdrawn.has(name),
    };
    const lost = kinds.map((kind) => [kind, this.tallies[kind].done.filter((one) => !there[kind](one))]);
    return Object.fromEntries(lost) as Record<Kind, readonly string[]>;
  }

  /** Rows by station. */
  private async hours(): Promise<ReadonlyMap<string, number>> {
    const hours = new Map<string, number>();
    const { changes } = this.departments.education;
    for await (const { json } of changes.untilInStep(airQuality, { restart: true }, airContext))
      for (const { record } of json.changes) {
        const station = String(record?.['station']);
        hours.set(station, (hours.get(station) ?? 0) + 1);
      }
    return hours;
  }

  private async cases(): Promise<ReadonlyMap<string, string>> {
    const asked = { purpose: 'environment-study', onBehalfOf: 'official-1' };
    const agreement = `agr-education-${this.day.cases.split('.')[1] ?? ''}`;
    const statuses = new Map<string, string>();
    const pages = this.departments.education.queryPages(
      this.day.cases,
      { filter: [{ field: 'assigned_to', op: 'eq', value: 'education' }], limit: 1_000 },
      { ...asked, agreement },
    );
    for await (const { json } of pages)
      for (const one of json.records) statuses.set(String(one['case']), String(one['status']));
    return statuses;
  }

  /** Pulls until three answers in a row have no event: a delivery may follow its event by a moment. */
  private async events(): Promise<ReadonlySet<string>> {
    const { received } = this;
    let after: string | undefined;
    for (let empty = 0; empty < 3;) {
      const { json } = await this.departments.education.events.pull(this.day.subscription, {
        wait: 2,
        ...(after === undefined ? {} : { after }),
      });
      for (const { data } of json.events) received.add(String(data['warning_id']));
      empty = json.events.length === 0 ? empty + 1 : 0;
      after = json.next;
    }
    return received;
  }

  private async withdrawn(): Promise<ReadonlySet<string>> {
    const numbers = this.tallies.consent.done.map((id) => Number(id.replace('consent-', '')));
    const persons = new Set(numbers.map((nth) => this.personOf(nth)));
    const withdrawn = new Set<string>();
    for (const person of persons) {
      const { json } = await this.departments.publicSecurity.consents(person);
      for (const { id, state } of json.consents) if (state === 'withdrawn') withdrawn.add(id);
    }
    return withdrawn;
  }
}

/** Reads again where a connection was cut. */
async function persistently<T>(read: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await read();
    } catch (error) {
      if (error instanceof DatongProblem || error instanceof Problem || tries === 20) throw error;
      await sleep(1_000);
    }
}
