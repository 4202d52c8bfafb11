import type { Anchors } from '../../log/anchors.ts';
import { geoJsonType } from '../../terms/geoJson.ts';
import { Problem } from '../../terms/problem.ts';
import { CheckpointKeeper, checkpointsInMemory, type CheckpointStore } from './checkpointKeeper.ts';
import { type DatongClientOptions, type KeepRoot, keyOf, optionsOf } from './clientOptions.ts';
import { Connection } from './connection.ts';
import { signedConsent, type ConsentList, type ConsentView, type GivenConsent } from './consents.ts';
import * as owed from './duties.ts';
import { Changes } from './changes.ts';
import { Deprecations, diagnosisIn, type OwnDiagnosis } from './deprecation.ts';
import type { Profile } from './profile.ts';
import { ReceiptChecker } from './receiptCheck.ts';
import * as own from './exchanges.ts';
import { batchState, quarantinedRows, sendFile, type RowPage, type SendOptions } from './sendFile.ts';
import { Events } from './events.ts';
import { Attachments } from './attachments.ts';
import { Exports } from './exports.ts';
import { anchorsPath, openCall } from './openCall.ts';
import { OwnCertificate } from './ownCertificate.ts';
import { Sandbox } from './sandbox.ts';
import { Tickets } from './tickets.ts';
import { TrustedAnchors } from './trustedAnchors.ts';
import { LiveServing } from './liveConnection.ts';
import { openOwnPage, viewSubject, type RequestedView, type SignedSubjectView } from './subjects.ts';
import { contextHeaders, jsonCall } from './jsonCall.ts';
import { RowPusher, type RowPusherOptions } from './rowPusher.ts';
import { RecordStream } from './recordStream.ts';
import { type CallInput, type CallServices, openStream, signedCall } from './signedCall.ts';
import type * as types from './types.ts';
import type { AggregateAnswer, Answer, Batch, CallContext, Query, QueryAnswer } from './types.ts';
import type { JsonWebKey } from 'node:crypto';
import { verificationKey, type VerificationKey } from '../../certs/signatures/index.ts';

/**
 * A department's client of the exchange. Every call is signed; signature and receipt of every reply are verified before it is returned.
 * Methods throw DatongProblem for a refusal, Problem `reply_…` for an invalid reply, and the network's own errors.
 */
export class DatongClient {
  readonly department: string;
  private readonly hub: DatongClientOptions['hub'];
  private readonly connection: Connection;
  private readonly services: CallServices;
  private readonly keeper: CheckpointKeeper;
  /** deprecated versions that answers reported */
  readonly deprecations = new Deprecations();
  /** the certificate that this client presents */
  readonly certificate: OwnCertificate;
  /** rows as files that the hub makes */
  readonly exports: Exports;
  readonly attachments: Attachments;
  /** changes of rows, to synchronise a local copy */
  readonly changes: Changes;
  /** events of topics */
  readonly events: Events;
  /** reports of wrong data */
  readonly tickets: Tickets;
  /** synthetic rows of datasets, for development before anything is granted */
  readonly sandbox: Sandbox;
  readonly live: LiveServing;
  private readonly trusted: TrustedAnchors;

  constructor(options: DatongClientOptions) {
    this.department = options.department;
    this.hub = options.hub;
    this.connection = new Connection(options);
    this.keeper = new CheckpointKeeper(options.checkpoints ?? checkpointsInMemory(), (size, from) =>
      this.open(`/v1/log/consistency?from=${from.join(',')}&size=${size}`),
    );
    this.trusted = new TrustedAnchors(options.anchors, () => this.anchorsDocument(), this.keeper);
    const hubKeys = new HubKeys(options.hubKeys?.keys ?? [], () => this.open('/.well-known/jwks.json'));
    this.services = {
      connection: this.connection,
      origin: options.hub.exchange,
      key: keyOf(options),
      hubKey: (keyid) => hubKeys.get(keyid),
      refreshHubKeys: () => hubKeys.fetch(),
      receipts: new ReceiptChecker((receipt) => this.trusted.for(receipt), this.keeper),
      deprecations: this.deprecations,
      traceparent: options.traceparent,
    };
    this.exports = new Exports(this.services);
    this.attachments = new Attachments(this.services);
    this.changes = new Changes(this.services);
    this.events = new Events(this.services);
    this.tickets = new Tickets(this.services, options.department);
    this.sandbox = new Sandbox(this.services);
    this.live = new LiveServing(this.services);
    this.certificate = new OwnCertificate(options, this.connection, this.services, (path, posted) =>
      this.open(path, posted),
    );
  }

  /** @param checkpoints where the newest checkpoint of the log is stored between runs @param keepRoot as in the options */
  static fromProfile(profile: Profile, checkpoints?: CheckpointStore, keepRoot?: KeepRoot): DatongClient {
    return new DatongClient(optionsOf(profile, checkpoints, keepRoot));
  }

  /** keyid of the signing key */
  get keyid(): string {
    return this.services.key.keyid;
  }

  /** Rows of a dataset under an agreement. */
  async query(dataset: string, query: Query, context: CallContext): Promise<Answer<QueryAnswer>> {
    return (await this.under(context, dataset, 'query', query)) as Answer<QueryAnswer>;
  }

  /**
   * Rows of a dataset with a place, as a GeoJSON FeatureCollection (RFC 7946).
   * @throws Problem reply_type_unexpected where the hub answers in another format
   */
  async queryFeatures(
    dataset: string,
    query: Query,
    context: CallContext,
  ): Promise<Answer<types.QueryFeatures>> {
    const accept = { accept: geoJsonType };
    const answer = await this.under(context, dataset, 'query', query, accept);
    const type = answer.headers.get('content-type') ?? '-';
    if (!type.startsWith(geoJsonType))
      throw new Problem('reply_type_unexpected', { type, expected: geoJsonType });
    return answer as Answer<types.QueryFeatures>;
  }

  /** Asks for many subjects in one exchange. Returns an outcome for each value, in their order. Needs delivery `batch`. */
  async batchQuery(
    dataset: string,
    requested: types.BatchQuestion,
    context: CallContext,
  ): Promise<Answer<types.BatchAnswer>> {
    return (await this.under(context, dataset, 'batch-query', requested)) as Answer<types.BatchAnswer>;
  }

  /**
   * Returns all rows of an agreement that delivers `stream`. Each part is verified before its rows are returned.
   * @param query with `after`: the rows that follow a part of a broken stream; `readStream` sets it by itself
   */
  async stream(dataset: string, query: types.StreamQuestion, context: CallContext): Promise<RecordStream> {
    const path = `/v1/datasets/${encodeURIComponent(dataset)}/stream`;
    return this.openStream(jsonCall(path, query, contextHeaders(context), 'required'));
  }

  /** Signs a call that is answered by a stream, and verifies the head of that stream. */
  async openStream(input: Omit<CallInput, 'receipt'>): Promise<RecordStream> {
    return RecordStream.begin(await openStream(input, this.services), this.services);
  }

  /** Asks one question about one subject (核验). The answer is yes, no or unknown, without any other data of a row. */
  async checkFact(
    dataset: string,
    fact: string,
    question: types.FactQuestion,
    context: CallContext,
  ): Promise<Answer<types.FactAnswer>> {
    const what = `facts/${encodeURIComponent(fact)}`;
    return (await this.under(context, dataset, what, question)) as Answer<types.FactAnswer>;
  }

  /** Statistics of the current batch, by the dimensions of the agreement; small groups are reported as suppressed. */
  async aggregate(dataset: string, id: string, context: CallContext): Promise<Answer<AggregateAnswer>> {
    return (await this.under(context, dataset, 'aggregate', { aggregate: id })) as Answer<AggregateAnswer>;
  }

  /** A call about a dataset under an agreement; its answer has a receipt. */
  private under(
    to: CallContext,
    dataset: string,
    what: string,
    requested: object,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer<unknown>> {
    const path = `/v1/datasets/${encodeURIComponent(dataset)}/${what}`;
    return this.call(jsonCall(path, requested, { ...more, ...contextHeaders(to) }, 'required'));
  }

  /** Returns page after page until there is no further cursor. Each page is an exchange of its own. */
  async *queryPages(
    dataset: string,
    query: Query,
    context: CallContext,
  ): AsyncGenerator<Answer<QueryAnswer>> {
    let { cursor } = query;
    do {
      const more = cursor === undefined ? query : { ...query, cursor };
      const page = await this.query(dataset, more, context);
      yield page;
      cursor = page.json.nextCursor;
    } while (cursor !== undefined);
  }

  /** Why a query would be allowed or denied, field by field; no rows. */
  async explain(dataset: string, query: Query, context: Partial<CallContext>): Promise<Answer<unknown>> {
    const path = `/v1/datasets/${encodeURIComponent(dataset)}/explain`;
    return this.call(jsonCall(path, query, contextHeaders(context), 'optional'));
  }

  /** Submits a consent that this department's service received. @returns its state at the hub */
  async giveConsent(given: GivenConsent): Promise<Answer<ConsentView>> {
    const body = signedConsent(given, this.department, this.services.key);
    return (await this.call(jsonCall('/v1/consents', body, {}, 'required'))) as Answer<ConsentView>;
  }

  /** Reports that the person has withdrawn: the hub releases nothing more on this consent. */
  async withdrawConsent(id: string): Promise<Answer<ConsentView>> {
    const path = `/v1/consents/${encodeURIComponent(id)}/withdrawal`;
    return (await this.call(jsonCall(path, {}, {}, 'required'))) as Answer<ConsentView>;
  }

  /** The consents of one person that concern this department, the newest first. */
  async consents(person: string): Promise<Answer<ConsentList>> {
    const body = { subject: { kind: 'person', value: person } };
    return (await this.call(jsonCall('/v1/consents/query', body, {}, 'required'))) as Answer<ConsentList>;
  }

  /** Returns the URL of the person's own page at the hub, for their browser. Its code works once, for two minutes. */
  openOwnPage(
    view: Pick<RequestedView, 'person' | 'presentedBy' | 'assurance'>,
  ): ReturnType<typeof openOwnPage> {
    return openOwnPage((input) => this.call(input), view, { ...this.services, department: this.department });
  }

  /** Returns who accessed a person's data, for that person, whose identity this department's service has proven. */
  viewSubject(view: RequestedView): Promise<Answer<SignedSubjectView>> {
    return viewSubject((input) => this.call(input), view, { ...this.services, department: this.department });
  }

  /** Returns one page of duties: those of this department for data it received, and those of others for its data. */
  duties(requested: owed.RequestedDuties = {}): Promise<Answer<owed.DutyPage>> {
    return owed.dutyPage((input) => this.call(input), requested);
  }

  /** Returns the same duties, page after page until the last one. */
  allDuties(requested: Pick<owed.RequestedDuties, 'due'> = {}): Promise<readonly owed.Duty[]> {
    return owed.everyDuty((page) => this.duties({ ...requested, ...page }));
  }

  /** Submits a signed statement that this department fulfilled its duties. @returns the duties that it answers */
  stateDuties(stated: owed.StatedDuties): Promise<Answer<owed.DutyList>> {
    return owed.stateDuties((input) => this.call(input), stated, this.department, this.services.key);
  }

  /** Submits a file (its path, or its bytes) to a dataset. See `sendFile`. */
  sendFile(dataset: string, source: Uint8Array | string, options: SendOptions): Promise<Answer<Batch>> {
    const { receipts } = this.services;
    const check = receipts.checkSubmission.bind(receipts);
    return sendFile((input) => this.call(input), dataset, source, options, check);
  }

  /** Sends records to a dataset of this department, without a file. See `RowPusher`. */
  rows(dataset: string, options?: RowPusherOptions): RowPusher {
    return new RowPusher((input) => this.call(input), dataset, options);
  }

  /** State, counts and receipt of a submission. */
  batch(id: string): Promise<Answer<Batch>> {
    return batchState((input) => this.call(input), id);
  }

  /** Rows of a submission that failed, with line, column and rule. */
  quarantine(batch: string, page: RowPage = {}): Promise<Answer<unknown>> {
    return quarantinedRows((input) => this.call(input), batch, page);
  }

  /** This department's own exchanges, the newest first. A page may be short and still have a `nextCursor`. */
  exchanges(page: own.ExchangePage = {}): Promise<Answer<own.ExchangeList>> {
    return own.exchangePage((input) => this.call(input), page);
  }

  /** The receipt of one of this department's exchanges. */
  receipt(exchange: string): Promise<Answer<unknown>> {
    return this.call(own.ofExchange(exchange, 'receipt'));
  }

  /** Explains step by step what happened to an exchange of this department, or about its data. */
  diagnoseExchange(exchange: string): Promise<Answer<own.ExchangeDiagnosis>> {
    return own.exchangeDiagnosis((input) => this.call(input), exchange);
  }

  /** Returns how the hub verifies this client's signature, and where its signature base differs. @throws DatongProblem before that */
  async diagnose(): Promise<OwnDiagnosis> {
    return diagnosisIn(await this.call({ method: 'POST', path: '/v1/diagnose', receipt: 'optional' }));
  }

  /** Returns what the open listener received as this client's certificate. */
  async handshake(): Promise<unknown> {
    return this.open('/v1/handshake');
  }

  /** Origin, keys and root certificate of hub and log: what a verifier stores. */
  anchors(): Promise<Anchors> {
    return this.trusted.get();
  }

  /** The anchors as the hub publishes them, to be stored in a file. */
  anchorsDocument(): Promise<unknown> {
    return this.open(anchorsPath);
  }

  /** Size of the newest checkpoint in a verified receipt. */
  get newestCheckpoint(): number | undefined {
    return this.services.receipts.newest?.size;
  }

  /** Since when the hub has not proven that its log only grew (RFC 3339); undefined while it does. */
  get unprovenSince(): string | undefined {
    return this.keeper.unprovenSince;
  }

  /** Proves and stores every checkpoint seen so far; call it last. @throws Problem reply_log_forked, reply_log_unproven */
  settle(): Promise<void> {
    return this.keeper.settle();
  }

  /** Makes any call of the exchange listener, signed and verified. */
  call(input: CallInput): Promise<Answer<unknown>> {
    return signedCall(input, this.services);
  }

  /** Closes the keep-alive connections. */
  close(): void {
    this.connection.close();
  }

  private open(path: string, posted?: object): Promise<unknown> {
    return openCall(this.connection, `${this.hub.open}${path}`, posted);
  }
}

/** The hub's public signing keys, as far as they were needed. */
class HubKeys {
  private readonly known = new Map<string, VerificationKey>();
  private readonly published: () => Promise<unknown>;

  /** @param published fetches the key set of the hub */
  constructor(keys: readonly JsonWebKey[], published: () => Promise<unknown>) {
    this.keep(keys);
    this.published = published;
  }

  get(keyid: string): VerificationKey | undefined {
    return this.known.get(keyid);
  }

  /** Fetches the keys for a reply that an unknown key signed. @throws the errors of fetching them */
  async fetch(): Promise<void> {
    const { keys } = (await this.published()) as { keys?: readonly JsonWebKey[] };
    this.keep(keys ?? []);
  }

  private keep(keys: readonly JsonWebKey[]): void {
    for (const jwk of keys) {
      const key = verificationKey(jwk);
      this.known.set(key.keyid, key);
    }
  }
}
