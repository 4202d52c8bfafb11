/** A department or contractor of the cases: it reads and changes them, and every byte that it receives is written to a file. */
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { changeRow } from '../../clients/sdk/changeRow.ts';
import type { DatongClient } from '../../clients/sdk/datongClient.ts';
import { DatongProblem } from '../../clients/sdk/datongProblem.ts';
import { contextHeaders, jsonCall } from '../../clients/sdk/jsonCall.ts';
import type { Answer, CallContext, FilterTerm, Query, QueryAnswer } from '../../clients/sdk/types.ts';
import { outcomeOf, Received } from '../received.ts';
import type { Stage } from '../stage.ts';
import { noteUpload, typeOf } from './photo.ts';

export const dataset = 'hotline.city-cases';
export const agreementOf = (department: string): string => `agr-cases-${department}`;

const maxRepeats = 60;

/** Does the work again, up to a minute, while a statement of the hub runs into its time limit on a full machine. */
export async function repeated<T>(work: () => Promise<T>, left = maxRepeats): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatongProblem) || error.code !== 'database_unavailable' || left === 0) throw error;
    await sleep(1_000);
    return repeated(work, left - 1);
  }
}

export interface Case {
  readonly case: string;
  readonly status: string;
  readonly photo?: string | null;
  readonly after_photo?: string | null;
  readonly version: number;
}

export class Party {
  readonly department: string;
  private readonly client: DatongClient;
  private readonly out: string;
  private readonly received: Received;
  private readonly context: CallContext;
  /** what it asks for now without having a right to it */
  private asked: string | undefined;

  constructor(stage: Stage, department: string) {
    this.department = department;
    this.client = stage.client(department);
    this.out = stage.out;
    this.received = new Received(stage.out, department);
    this.context = { purpose: 'city-cases', agreement: agreementOf(department), onBehalfOf: 'crew-1' };
  }

  /** Makes a call, and writes its answer or its refusal. */
  private call<T>(call: () => Promise<Answer<T>>): Promise<Answer<T>> {
    return repeated(() => this.received.call(call, { asked: this.asked }));
  }

  /** Asks for what it may not have; each reply is noted with the name of the question. */
  async probe(asked: string, ask: () => Promise<unknown>): Promise<void> {
    this.asked = asked;
    await outcomeOf(ask());
    this.asked = undefined;
  }

  query(query: Query): Promise<Answer<QueryAnswer>> {
    return this.call(() => this.client.query(dataset, query, this.context));
  }

  /** All cases of a filter that it may read. */
  async cases(filter: readonly FilterTerm[]): Promise<readonly Case[]> {
    const found: Case[] = [];
    let query: Query | undefined = { filter, limit: 500 };
    while (query !== undefined) {
      const { json }: Answer<QueryAnswer> = await this.query(query);
      for (const [i, record] of json.records.entries())
        found.push({ ...(record as Omit<Case, 'version'>), version: json.versions?.[i] ?? 0 });
      query = json.nextCursor === undefined ? undefined : { ...query, cursor: json.nextCursor };
    }
    return found;
  }

  inState(...states: readonly string[]): Promise<readonly Case[]> {
    return this.cases([{ field: 'status', op: 'in', value: states }]);
  }

  /** Changes a case, and notes the step with its exchange and duration. */
  async change(
    one: Pick<Case, 'case' | 'version'>,
    set: Readonly<Record<string, unknown>>,
    day: number,
  ): Promise<void> {
    const begun = performance.now();
    const change = { key: { case: one.case }, version: one.version, set };
    const key = randomUUID();
    const { json, exchange } = await this.call(() =>
      changeRow((input) => this.client.call(input), dataset, change, key),
    );
    const ms = performance.now() - begun;
    const step = {
      day,
      party: this.department,
      case: one.case,
      version: json.version,
      transition: json.transition,
      to: set['assigned_to'],
      exchange,
      at: Date.now(),
      ms,
    };
    appendFileSync(join(this.out, 'steps.ndjson'), `${JSON.stringify(step)}\n`);
  }

  /** Photos of cases are smaller than one reply. */
  async download(photo: string): Promise<void> {
    const path = `/v1/datasets/${dataset}/attachments/${photo}`;
    const headers = { ...contextHeaders(this.context), range: 'bytes=0-' };
    const call = { method: 'GET', path, headers, receipt: 'required' } as const;
    await this.call(() => this.client.call(call));
  }

  /** Uploads a photo in one part. @returns its id */
  async upload(field: string, body: Uint8Array): Promise<string> {
    const sha256 = createHash('sha256').update(body).digest('hex');
    const { mediaType, ending } = typeOf(body);
    const described = { field, mediaType, bytes: body.length, sha256 };
    const opened = await this.call(() => {
      const opening = { ...described, name: `${randomUUID()}.${ending}` };
      return this.client.call(jsonCall(`/v1/datasets/${dataset}/attachments`, opening, {}, 'required'));
    });
    const { attachment } = opened.json as { readonly attachment: string };
    const path = `/v1/attachments/${attachment}`;
    const put = { method: 'PUT' as const, path: `${path}/parts/0`, body, receipt: 'optional' as const };
    const headers = { 'content-type': 'application/octet-stream' };
    await this.call(() => this.client.call({ ...put, headers }));
    await this.call(() => this.client.call({ method: 'POST', path: `${path}/finish`, receipt: 'required' }));
    noteUpload(this.out, attachment, body);
    return attachment;
  }
}
